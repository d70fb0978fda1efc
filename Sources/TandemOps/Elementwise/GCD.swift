/// The greatest common divisor; `numpy.gcd`.
///
/// Integers only; never negative, but the size of the least integer wraps. No gradient flows.
public struct GCD: BinaryOp, NonDifferentiableOp {
  public static let name = "gcd"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.integer(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue {
    a.gcd(b)
  }
}

extension ArrayExpression {
  /// The greatest common divisor of each element and that of `other`; see
  /// ``GCD``.
  public func gcd(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(GCD(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``GCD``.
  public func gcd(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    gcd(scalar(other), file: file, line: line)
  }
}
