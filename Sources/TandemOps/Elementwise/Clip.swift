/// The elements kept between a lowest and a highest value, `min(max(x, low), high)`; `numpy.clip`.
///
/// | input | |
/// | --- | --- |
/// | `x`, `low`, `high` | broadcast; the result has the dtype that all promote to |
///
/// NaN stays NaN; where `low` is above `high`, the result is `high`. Refuses bool.
/// Gradient: `dy` to `x` where `low ≤ x ≤ high` (as PyTorch), to `low` where `x` is below it, to
/// `high` where `x` is above it.
public struct Clip: ElementwiseOp {
  public static let name = "clip"

  public static var inputCounts: ClosedRange<Int> { 3...3 }

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ inputs: [LoopValue]) -> LoopValue {
    inputs[0].maximum(inputs[1]).minimum(inputs[2])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint else { return [nil, nil, nil] }
    let (x, low, high) = (inputs[0], inputs[1], inputs[2])
    let (below, above) = (x .< low, x .> high)
    return [
      Symbol.where(below .| above, 0, dy).gradient(of: x),
      Symbol.where(below .& (low .<= high), dy, 0).gradient(of: low),
      Symbol.where(above .| (below .& (low .> high)), dy, 0).gradient(of: high),
    ]
  }
}

extension ArrayExpression {
  /// The elements kept between two arrays, which broadcast; see ``Clip``.
  public func clip(
    min low: Self, max high: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Clip(), inputs: [self, low, high], at: CallSite(file, line))[0]
  }

  /// The elements kept between two numbers; see ``Clip``.
  public func clip(
    min low: some Scalar, max high: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    clip(min: scalar(low), max: scalar(high), file: file, line: line)
  }
}
