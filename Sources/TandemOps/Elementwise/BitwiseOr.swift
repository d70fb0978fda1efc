/// The bits that either element has; `numpy.bitwise_or`.
///
/// Integers and bool, of the dtype that both promote to; refuses floats. No gradient flows.
public struct BitwiseOr: BinaryOp, NonDifferentiableOp {
  public static let name = "bitwiseOr"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integral(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.bitOr(b) }
}

extension ArrayExpression {
  /// The bits that each element or that of `other` has; see ``BitwiseOr``.
  public func bitwiseOr(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(BitwiseOr(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``BitwiseOr``.
  public func bitwiseOr(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    bitwiseOr(scalar(other), file: file, line: line)
  }
}
