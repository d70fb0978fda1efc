import TandemEngine

// The hot path: an elementwise operator without attributes on arrays that lie densely in row-major
// order and have one shape, or on such an array and a number. Everything else returns nil and goes
// the general way.
//
// Only the entry points are generic; what runs is one function for all operators, which know each
// other by the identity of their type. (Specialised for sixty operators it took a minute to build.)

extension NDArray {
  @inline(__always)
  static func elementwise<O: Op>(_ op: O, _ input: NDArray, at site: CallSite) -> NDArray? {
    guard MemoryLayout<O>.size == 0, O.isElementwise else { return nil }
    let id = ObjectIdentifier(O.self)
    if let result = launchElementwise(id, input, at: site) { return result }
    return insert(op, (input.dtype, false), nil) ? launchElementwise(id, input, at: site) : nil
  }

  @inline(__always)
  static func elementwise<O: Op>(
    _ op: O, _ lhs: NDArray, _ rhs: NDArray, at site: CallSite
  ) -> NDArray? {
    guard MemoryLayout<O>.size == 0, O.isElementwise else { return nil }
    let id = ObjectIdentifier(O.self)
    if let result = launchElementwise(id, lhs, rhs, at: site) { return result }
    return insert(
      op, (lhs.dtype, lhs.handle.holdsNumber), (rhs.dtype, rhs.handle.holdsNumber))
      ? launchElementwise(id, lhs, rhs, at: site) : nil
  }

  /// An array and a number, in either order.
  @inline(__always)
  static func elementwise<O: Op>(
    _ op: O, _ array: NDArray, _ number: ScalarValue, numberFirst: Bool, at site: CallSite
  ) -> NDArray? {
    guard MemoryLayout<O>.size == 0, O.isElementwise else { return nil }
    let id = ObjectIdentifier(O.self)
    if let result = launchElementwise(id, array, number, numberFirst, at: site) { return result }
    let (first, second) = ((array.dtype, false), (number.dtype, true))
    return insert(op, numberFirst ? second : first, numberFirst ? first : second)
      ? launchElementwise(id, array, number, numberFirst, at: site) : nil
  }

  /// The kernel for an array and a number, in either order.
  @inline(__always)
  static func entry(
    _ id: ObjectIdentifier, _ array: DType, _ number: DType, numberFirst: Bool
  ) -> Unmanaged<ElementwiseTable.Entry>? {
    numberFirst
      ? ElementwiseTable.shared.find(ElementwiseTable.key(id, number, true, array, false))
      : ElementwiseTable.shared.find(ElementwiseTable.key(id, array, false, number, true))
  }

  /// Makes the kernel of an operator; `false` if it is not elementwise, does not take these dtypes,
  /// or is there already, so that something else stands against the hot path.
  @inline(never)
  @_semantics("optimize.sil.specialize.generic.never")
  static func insert<O: Op>(
    _ op: O, _ first: (dtype: DType, isNumber: Bool), _ second: (dtype: DType, isNumber: Bool)?
  ) -> Bool {
    let key = ElementwiseTable.key(
      ObjectIdentifier(O.self), first.dtype, first.isNumber, second?.dtype,
      second?.isNumber ?? false)
    guard ElementwiseTable.shared.find(key) == nil, let op = op as? any ElementwiseOp,
      let (program, dtype) = try? op.loopProgram([first] + (second.map { [$0] } ?? []))
    else { return false }
    ElementwiseTable.shared.insert(
      ElementwiseTable.Entry(program.kernel, dtype, EngineLabel(interning: O.name)), for: key)
    return ElementwiseTable.shared.find(key) != nil
  }

  private static func launchElementwise(
    _ id: ObjectIdentifier, _ input: NDArray, at site: CallSite
  ) -> NDArray? {
    guard input.handle.unmanagedStorage != nil, input.handle.isRowMajor,
      let entry = ElementwiseTable.shared.find(
        ElementwiseTable.key(id, input.dtype, false, nil, false))
    else { return nil }
    return launch(entry, input.handle, nil, number: ScalarValue(0, .float32), at: site)
  }

  private static func launchElementwise(
    _ id: ObjectIdentifier, _ array: NDArray, _ number: ScalarValue, _ numberFirst: Bool,
    at site: CallSite
  ) -> NDArray? {
    guard array.handle.unmanagedStorage != nil, array.handle.isRowMajor,
      let entry = entry(id, array.dtype, number.dtype, numberFirst: numberFirst)
    else { return nil }
    return launch(entry, array.handle, nil, number: number, at: site)
  }

  private static func launchElementwise(
    _ id: ObjectIdentifier, _ lhs: NDArray, _ rhs: NDArray, at site: CallSite
  ) -> NDArray? {
    guard lhs.handle.unmanagedStorage != nil, rhs.handle.unmanagedStorage != nil else {
      if case .number(let number) = rhs.handle.content {
        return launchElementwise(id, lhs, number, false, at: site)
      } else if case .number(let number) = lhs.handle.content {
        return launchElementwise(id, rhs, number, true, at: site)
      }
      return nil
    }
    guard lhs.handle.layout.shape == rhs.handle.layout.shape, lhs.handle.isRowMajor,
      lhs.device == rhs.device, rhs.handle.isRowMajor,
      let entry = ElementwiseTable.shared.find(
        ElementwiseTable.key(id, lhs.dtype, false, rhs.dtype, false))
    else { return nil }
    return launch(entry, lhs.handle, rhs.handle, number: ScalarValue(0, .float32), at: site)
  }

  /// Runs the kernel at once if it is tiny and nothing stands against it, else queues it.
  private static func launch(
    _ entry: Unmanaged<ElementwiseTable.Entry>, _ first: ArrayHandle, _ second: ArrayHandle?,
    number: ScalarValue, at site: CallSite
  ) -> NDArray {
    let count = first.layout.shape.elementCount
    let dtype = entry._withUnsafeGuaranteedRef { $0.dtype }
    let device = first.unmanagedStorage.unsafelyUnwrapped._withUnsafeGuaranteedRef { $0.device }
    let output = Storage(byteCount: count * dtype.byteCount, device: device)
    if count > Limits.tinyElementsMax
      || !runAtOnce(entry, first, second ?? first, count, number, output)
    {
      push(entry, first, second, count, number, output, at: site)
    }
    return NDArray(ArrayHandle(fresh: output, like: first, dtype))
  }

  /// Runs the kernel on this thread without queueing it; false if that cannot be done.
  @inline(__always)
  private static func runAtOnce(
    _ entry: Unmanaged<ElementwiseTable.Entry>, _ first: ArrayHandle, _ second: ArrayHandle,
    _ count: Int, _ number: ScalarValue, _ output: Storage
  ) -> Bool {
    let (a, b) = (
      first.unmanagedStorage.unsafelyUnwrapped, second.unmanagedStorage.unsafelyUnwrapped
    )
    let variables = (
      a._withUnsafeGuaranteedRef { $0.variable }, b._withUnsafeGuaranteedRef { $0.variable }
    )
    guard Engine.beginAtOnce(variables.0, variables.1) else { return false }
    var pointers = (
      output.materialized(),
      a._withUnsafeGuaranteedRef { $0.materialized() }
        + first.layout.offset * first.dtype.byteCount,
      b._withUnsafeGuaranteedRef { $0.materialized() }
        + second.layout.offset * second.dtype.byteCount
    )
    var number = number
    entry._withUnsafeGuaranteedRef {
      $0.run(count, &pointers, &number, in: .serial)
    }
    Engine.endAtOnce(variables.0, variables.1)
    return true
  }

  @inline(never)
  private static func push(
    _ entry: Unmanaged<ElementwiseTable.Entry>, _ first: ArrayHandle, _ second: ArrayHandle?,
    _ count: Int, _ number: ScalarValue, _ output: Storage, at site: CallSite
  ) {
    let one = first.unmanagedStorage.unsafelyUnwrapped.takeUnretainedValue()
    let other = second?.unmanagedStorage?.takeUnretainedValue()
    let payload = ElementwiseLaunch(
      entry: entry, count: count, output: output, outputOffset: 0, first: one,
      firstOffset: first.layout.offset * first.dtype.byteCount, second: other,
      secondOffset: second.map { $0.layout.offset * $0.dtype.byteCount } ?? 0, number: number)
    output.device.engine.push(
      payload, reading: other.map { .of(one.variable, $0.variable) } ?? .of(one.variable),
      writing: .of(output.variable), site: site.seenByUser,
      options: OperationOptions(
        isTiny: count <= Limits.tinyElementsMax, declaredBytes: output.byteCount))
  }
}
