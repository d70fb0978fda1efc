/// The sums of the elements up to each one along an axis; `numpy.cumsum`.
///
/// Keeps the shape; integers and bool are accumulated in int64 (unsigned ones in uint64), float32
/// in double and 16-bit floats in float32, of which each result is rounded once.
/// Gradient: the sums of `dy` from the other end.
public struct CumulativeSum: Op, Codable {
  public static let name = "cumulativeSum"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The axis along which elements are accumulated.
  public let axis: Int
  /// Whether accumulation starts at the end of the axis.
  public let reversed: Bool

  /// The operator with these attributes.
  public init(axis: Int, reversed: Bool = false) {
    (self.axis, self.reversed) = (axis, reversed)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require((0..<inputs[0].rank).contains(axis), "no axis \(axis)", inputs)
    return TensorTypes(TensorType(inputs[0].shape, inputs[0].dtype.accumulated))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    let source = lowering.converted(lowering.input(0), to: result.dtype)
    lowering.emit(Scan(.sum, axis: axis, reversed: reversed), [result], [source])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint else { return [nil] }
    let opposite = CumulativeSum(axis: axis, reversed: !reversed)
    return [.apply(opposite, dy, at: .unknown)]
  }
}

extension ArrayExpression {
  /// The sums of the elements up to each one along `axis`, from its end if `reversed`; see
  /// ``CumulativeSum``.
  public func cumulativeSum(
    axis: Int, reversed: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "cumulativeSum", at: site)
    return .apply(CumulativeSum(axis: axis, reversed: reversed), self, at: site)
  }
}
