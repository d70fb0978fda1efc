/// What is left of `a` after division by `b` truncated, of the sign of `a`; `numpy.fmod`. Exact.
///
/// Keeps the dtype; for integers the remainder of a division by zero is zero, for floats NaN.
/// Refuses bool. ``Remainder`` has the sign of `b`.
/// Gradient: `dy` and `−dy · trunc(a / b)`, NaN where the result is.
public struct Fmod: BinaryOp {
  public static let name = "fmod"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue {
    a.fmod(b)
  }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    // Not the quotient truncated: rounded up to a whole number it would be one too many.
    let wide = dy.widened
    let (a, b, y) = (a.cast(to: wide.dtype), b.cast(to: wide.dtype), y.cast(to: wide.dtype))
    return (dy, -(wide * ((a - y) / b).rounded()))
  }
}

extension ArrayExpression {
  /// What is left after truncated division by `divisor`; see ``Fmod``.
  public func fmod(
    _ divisor: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Fmod(), self, divisor, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``Fmod``.
  public func fmod(
    _ divisor: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    fmod(scalar(divisor), file: file, line: line)
  }
}
