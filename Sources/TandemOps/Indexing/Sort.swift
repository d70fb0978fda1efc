/// The elements in order along an axis, stably: NaN comes last, -0.0 equals 0.0; `numpy.sort`.
///
/// | value | shape |
/// | --- | --- |
/// | input | any with at least one axis, not complex |
/// | result | the input's |
///
/// - Complexity: O(n log n) for each line.
public struct Sort: Op, Codable {
  public static let name = "sorted"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The axis, from the front.
  public let axis: Int
  /// Whether the largest comes first.
  public let descending: Bool

  public init(axis: Int, descending: Bool = false) {
    (self.axis, self.descending) = (axis, descending)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireOrder(axis, inputs)
    return TensorTypes(inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.Sort(axis: axis, descending: descending), [lowering.output(0)],
      [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint else { return [nil] }
    let order = Symbol.apply(
      ArgSort(axis: axis, descending: descending), inputs[0], at: .unknown)
    return [dy.zeros(dy.shape).scatter(dy, along: order, axis: axis, by: .add)]
  }
}

/// Throws unless the first input has this axis and elements that have an order.
func requireOrder(_ axis: Int, _ inputs: TensorTypes) throws(ShapeError) {
  try require((0..<inputs[0].rank).contains(axis), "no axis \(axis)", inputs)
  try require(inputs[0].dtype.kind != .complex, "complex numbers have no order", inputs)
}

extension ArrayExpression {
  /// The elements in order along an axis; see ``Sort``.
  public func sorted(
    axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    return .apply(
      Sort(axis: self.axis(axis, of: "sorted", at: site), descending: descending), self, at: site)
  }
}
