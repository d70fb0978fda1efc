import TandemEngine

// The hot path: an elementwise operator without attributes on arrays that lie densely in row-major
// order and have one shape, or on such an array and a number. Everything else returns nil and goes
// the general way.

extension NDArray {
  @inline(__always)
  static func elementwise<O: Op>(_ op: O, _ input: NDArray, at site: CallSite) -> NDArray? {
    guard MemoryLayout<O>.size == 0, case .storage(let storage) = input.handle.content,
      input.handle.layout.isRowMajor
    else { return nil }
    let key = ElementwiseTable.key(ObjectIdentifier(O.self), input.dtype, false, nil, false)
    guard
      let entry = ElementwiseTable.shared.find(key)
        ?? insert(op, key, [(input.dtype, false)])
    else { return nil }
    let layout = Layout(input.shape)
    return launch(
      entry, layout, first: storage, input.handle.layout.offset * input.dtype.byteCount,
      second: nil, 0, number: nil, at: site)
  }

  @inline(__always)
  static func elementwise<O: Op>(
    _ op: O, _ lhs: NDArray, _ rhs: NDArray, at site: CallSite
  ) -> NDArray? {
    guard MemoryLayout<O>.size == 0 else { return nil }
    switch (lhs.handle.content, rhs.handle.content) {
    case (.storage(let storage), .number(let number)):
      return elementwise(op, lhs, storage, number, numberFirst: false, at: site)
    case (.number(let number), .storage(let storage)):
      return elementwise(op, rhs, storage, number, numberFirst: true, at: site)
    case (.storage(let first), .storage(let second)):
      guard lhs.handle.layout.shape == rhs.handle.layout.shape, lhs.handle.layout.isRowMajor,
        rhs.handle.layout.isRowMajor
      else { return nil }
      let key = ElementwiseTable.key(ObjectIdentifier(O.self), lhs.dtype, false, rhs.dtype, false)
      guard
        let entry = ElementwiseTable.shared.find(key)
          ?? insert(op, key, [(lhs.dtype, false), (rhs.dtype, false)])
      else { return nil }
      return launch(
        entry, Layout(lhs.shape),
        first: first, lhs.handle.layout.offset * lhs.dtype.byteCount,
        second: second, rhs.handle.layout.offset * rhs.dtype.byteCount, number: nil, at: site)
    default: return nil
    }
  }

  /// An array and a number, in either order.
  @inline(__always)
  static func elementwise<O: Op>(
    _ op: O, _ array: NDArray, _ storage: Storage, _ number: ScalarValue, numberFirst: Bool,
    at site: CallSite
  ) -> NDArray? {
    let layout = array.handle.layout
    guard layout.isRowMajor, let entry = entry(op, array.dtype, number.dtype, numberFirst)
    else { return nil }
    return launch(
      entry, Layout(layout.shape), first: storage, layout.offset * array.dtype.byteCount,
      second: nil, 0, number: number, at: site)
  }

  /// The kernel for an array and a number.
  @inline(__always)
  static func entry<O: Op>(
    _ op: O, _ array: DType, _ number: DType, _ numberFirst: Bool
  ) -> ElementwiseTable.Entry? {
    let (first, second) = numberFirst ? (number, array) : (array, number)
    let key = ElementwiseTable.key(
      ObjectIdentifier(O.self), first, numberFirst, second, !numberFirst)
    return ElementwiseTable.shared.find(key)
      ?? insert(op, key, [(first, numberFirst), (second, !numberFirst)])
  }

  /// Makes the kernel of an operator, if it is elementwise and takes these dtypes.
  @inline(never)
  private static func insert<O: Op>(
    _ op: O, _ key: UInt, _ operands: [(dtype: DType, isNumber: Bool)]
  ) -> ElementwiseTable.Entry? {
    guard let op = op as? any ElementwiseOp,
      let (program, dtype) = try? op.loopProgram(operands)
    else { return nil }
    let entry = ElementwiseTable.Entry(
      program.kernel, dtype, EngineLabel(interning: O.name))
    ElementwiseTable.shared.insert(entry, for: key)
    return entry
  }

  @inline(__always)
  private static func launch(
    _ entry: ElementwiseTable.Entry, _ layout: Layout, first: Storage, _ firstOffset: Int,
    second: Storage?, _ secondOffset: Int, number: ScalarValue?, at site: CallSite
  ) -> NDArray {
    let count = layout.shape.elementCount
    let output = Storage(byteCount: count * entry.dtype.byteCount)
    let payload = ElementwiseLaunch(
      kernel: entry.kernel, operationName: entry.label, count: count, output: output, outputOffset: 0,
      first: first, firstOffset: firstOffset, second: second, secondOffset: secondOffset,
      number: number ?? ScalarValue(0, .float32))
    Engine.shared.push(
      payload,
      reading: second.map { .of(first.variable, $0.variable) } ?? .of(first.variable),
      writing: .of(output.variable), site: site,
      options: OperationOptions(
        isTiny: count <= Limits.tinyElementsMax, declaredBytes: output.byteCount))
    return NDArray(ArrayHandle(output, layout, entry.dtype))
  }
}
