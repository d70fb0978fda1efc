/// The least common multiple; `numpy.lcm`.
///
/// Integers only; zero if either is zero, wraps if it does not fit. No gradient flows.
public struct LCM: BinaryOp, NonDifferentiableOp {
  public static let name = "lcm"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integer(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue {
    a.lcm(b)
  }
}

extension ArrayExpression {
  /// The least common multiple of each element and that of `other`; see ``LCM``.
  public func lcm(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(LCM(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``LCM``.
  public func lcm(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    lcm(scalar(other), file: file, line: line)
  }
}
