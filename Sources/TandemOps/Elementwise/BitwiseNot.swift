/// Every bit of the element changed; `numpy.invert`.
///
/// Integers keep their dtype; for bool this is negation. Refuses floats. No gradient flows.
public struct BitwiseNot: UnaryOp, NonDifferentiableOp {
  public static let name = "bitwiseNot"

  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integral(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.bitNot }
}

extension ArrayExpression {
  /// Each element with every bit changed; see ``BitwiseNot``.
  public func bitwiseNot(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(BitwiseNot(), self, at: CallSite(file, line))
  }
}
