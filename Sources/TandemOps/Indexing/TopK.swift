/// The `k` largest (or smallest) elements along an axis, in order, and their indices as int64. Of
/// equal elements the first come first; NaN is chosen last.
///
/// | value | shape |
/// | --- | --- |
/// | input | any with at least one axis, not complex |
/// | values | the input's with `k` at the axis |
/// | indices | the same |
public struct TopK: Op, Codable {
  public static let name = "topK"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// How many are chosen.
  public let k: Int
  /// The axis, from the front.
  public let axis: Int
  /// Whether the largest are chosen.
  public let largest: Bool

  public init(k: Int, axis: Int, largest: Bool = true) {
    (self.k, self.axis, self.largest) = (k, axis, largest)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireOrder(axis, inputs)
    var shape = inputs[0].shape
    try require((0...shape[axis]).contains(k), "there are no \(k) elements", inputs)
    shape[axis] = k
    return TensorTypes(TensorType(shape, inputs[0].dtype), TensorType(shape, .int64))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.TopK(axis: axis, largest: largest), [lowering.output(0), lowering.output(1)],
      [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint else { return [nil] }
    return [
      dy.zeros(inputs[0].shape).scatter(dy, along: outputs[1], axis: axis, by: .add)
    ]
  }
}

extension ArrayExpression {
  /// The `k` largest (or smallest) elements along an axis and their indices; see ``TopK``.
  public func topK(
    _ k: Int, axis: Int = -1, largest: Bool = true, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (values: Self, indices: Self) {
    let site = CallSite(file, line)
    let op = TopK(k: k, axis: self.axis(axis, of: "topK", at: site), largest: largest)
    let results = Self.apply(op, inputs: [self], at: site)
    return (results[0], results[1])
  }
}
