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
    guard MemoryLayout<O>.size == 0 else { return nil }
    let id = ObjectIdentifier(O.self)
    if let result = launchElementwise(id, input, at: site) { return result }
    return insert(op, [(input.dtype, false)]) ? launchElementwise(id, input, at: site) : nil
  }

  @inline(__always)
  static func elementwise<O: Op>(
    _ op: O, _ lhs: NDArray, _ rhs: NDArray, at site: CallSite
  ) -> NDArray? {
    guard MemoryLayout<O>.size == 0 else { return nil }
    let id = ObjectIdentifier(O.self)
    if let result = launchElementwise(id, lhs, rhs, at: site) { return result }
    let operands = [(lhs.dtype, lhs.number != nil), (rhs.dtype, rhs.number != nil)]
    return insert(op, operands) ? launchElementwise(id, lhs, rhs, at: site) : nil
  }

  /// An array and a number, in either order.
  @inline(__always)
  static func elementwise<O: Op>(
    _ op: O, _ array: NDArray, _ number: ScalarValue, numberFirst: Bool, at site: CallSite
  ) -> NDArray? {
    guard MemoryLayout<O>.size == 0 else { return nil }
    let id = ObjectIdentifier(O.self)
    if let result = launchElementwise(id, array, number, numberFirst, at: site) { return result }
    let operands = [(array.dtype, false), (number.dtype, true)]
    return insert(op, numberFirst ? operands.reversed() : operands)
      ? launchElementwise(id, array, number, numberFirst, at: site) : nil
  }

  /// The kernel for an array and a number, in either order.
  @inline(__always)
  static func entry(
    _ id: ObjectIdentifier, _ array: DType, _ number: DType, numberFirst: Bool
  ) -> ElementwiseTable.Entry? {
    numberFirst
      ? ElementwiseTable.shared.find(ElementwiseTable.key(id, number, true, array, false))
      : ElementwiseTable.shared.find(ElementwiseTable.key(id, array, false, number, true))
  }

  /// Makes the kernel of an operator; `false` if it is not elementwise, does not take these dtypes,
  /// or is there already, so that something else stands against the hot path.
  @inline(never)
  @_semantics("optimize.sil.specialize.generic.never")
  static func insert<O: Op>(_ op: O, _ operands: [(dtype: DType, isNumber: Bool)]) -> Bool {
    let second = operands.count > 1 ? operands[1] : nil
    let key = ElementwiseTable.key(
      ObjectIdentifier(O.self), operands[0].dtype, operands[0].isNumber, second?.dtype,
      second?.isNumber ?? false)
    guard ElementwiseTable.shared.find(key) == nil, let op = op as? any ElementwiseOp,
      let (program, dtype) = try? op.loopProgram(operands)
    else { return false }
    ElementwiseTable.shared.insert(
      ElementwiseTable.Entry(program.kernel, dtype, EngineLabel(interning: O.name)), for: key)
    return ElementwiseTable.shared.find(key) != nil
  }

  private static func launchElementwise(
    _ id: ObjectIdentifier, _ input: NDArray, at site: CallSite
  ) -> NDArray? {
    guard case .storage(let storage) = input.handle.content, input.handle.layout.isRowMajor,
      let entry = ElementwiseTable.shared.find(
        ElementwiseTable.key(id, input.dtype, false, nil, false))
    else { return nil }
    return launch(
      entry, input.handle.layout.shape, first: storage,
      input.handle.layout.offset * input.dtype.byteCount, second: nil, 0, number: nil, at: site)
  }

  private static func launchElementwise(
    _ id: ObjectIdentifier, _ array: NDArray, _ number: ScalarValue, _ numberFirst: Bool,
    at site: CallSite
  ) -> NDArray? {
    guard case .storage(let storage) = array.handle.content, array.handle.layout.isRowMajor,
      let entry = entry(id, array.dtype, number.dtype, numberFirst: numberFirst)
    else { return nil }
    return launch(
      entry, array.handle.layout.shape, first: storage,
      array.handle.layout.offset * array.dtype.byteCount, second: nil, 0, number: number, at: site)
  }

  private static func launchElementwise(
    _ id: ObjectIdentifier, _ lhs: NDArray, _ rhs: NDArray, at site: CallSite
  ) -> NDArray? {
    switch (lhs.handle.content, rhs.handle.content) {
    case (.storage, .number(let number)):
      return launchElementwise(id, lhs, number, false, at: site)
    case (.number(let number), .storage):
      return launchElementwise(id, rhs, number, true, at: site)
    case (.storage(let first), .storage(let second)):
      guard lhs.handle.layout.shape == rhs.handle.layout.shape, lhs.handle.layout.isRowMajor,
        rhs.handle.layout.isRowMajor,
        let entry = ElementwiseTable.shared.find(
          ElementwiseTable.key(id, lhs.dtype, false, rhs.dtype, false))
      else { return nil }
      return launch(
        entry, lhs.handle.layout.shape,
        first: first, lhs.handle.layout.offset * lhs.dtype.byteCount,
        second: second, rhs.handle.layout.offset * rhs.dtype.byteCount, number: nil, at: site)
    default: return nil
    }
  }

  private static func launch(
    _ entry: ElementwiseTable.Entry, _ shape: Shape, first: Storage, _ firstOffset: Int,
    second: Storage?, _ secondOffset: Int, number: ScalarValue?, at site: CallSite
  ) -> NDArray {
    let count = shape.elementCount
    let output = Storage(byteCount: count * entry.dtype.byteCount)
    let payload = ElementwiseLaunch(
      kernel: entry.kernel, operationName: entry.label, count: count, output: output,
      outputOffset: 0, first: first, firstOffset: firstOffset, second: second,
      secondOffset: secondOffset, number: number ?? ScalarValue(0, .float32))
    Engine.shared.push(
      payload,
      reading: second.map { .of(first.variable, $0.variable) } ?? .of(first.variable),
      writing: .of(output.variable), site: site,
      options: OperationOptions(
        isTiny: count <= Limits.tinyElementsMax, declaredBytes: output.byteCount))
    return NDArray(ArrayHandle(output, Layout(shape), entry.dtype))
  }
}
