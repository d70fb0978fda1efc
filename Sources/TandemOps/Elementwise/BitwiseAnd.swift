/// The bits that both elements have; `numpy.bitwise_and`.
///
/// Integers and bool, of the dtype that both promote to; refuses floats. No gradient flows.
public struct BitwiseAnd: BinaryOp, NonDifferentiableOp {
  public static let name = "bitwiseAnd"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integral(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.bitAnd(b) }
}

extension ArrayExpression {
  /// The bits that each element has in common with that of `other`; see ``BitwiseAnd``.
  public func bitwiseAnd(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(BitwiseAnd(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``BitwiseAnd``.
  public func bitwiseAnd(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    bitwiseAnd(scalar(other), file: file, line: line)
  }
}
