/// Every bit of the element changed; `numpy.invert`.
///
/// Integers keep their dtype. Refuses floats and bool, whose negation is ``LogicalNot``. No
/// gradient flows.
public struct BitwiseNot: UnaryOp, NonDifferentiableOp {
  public static let name = "bitwiseNot"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integer(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.bitNot }
}

extension ArrayExpression {
  /// Each element with every bit changed; of bool its negation. See ``BitwiseNot``.
  public func bitwiseNot(file: StaticString = #fileID, line: UInt = #line) -> Self {
    if dtype == .bool { return logicalNot(file: file, line: line) }
    return .apply(BitwiseNot(), self, at: CallSite(file, line))
  }
}
