/// The size of `a` with the sign of `b`, zeros included; `numpy.copysign`.
///
/// Integers and bool give float32.
/// Gradient: `dy · sign(a) · sign(y)` to `a`, none to `b`.
public struct CopySign: BinaryOp {
  public static let name = "copySign"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue {
    a.copySign(b)
  }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    (dy * (a.sign() * y.sign()), nil)
  }
}

extension ArrayExpression {
  /// The size of each element with the sign of that of `sign`; see ``CopySign``.
  public func copySign(
    _ sign: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(CopySign(), self, sign, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``CopySign``.
  public func copySign(
    _ sign: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    copySign(scalar(sign), file: file, line: line)
  }
}
