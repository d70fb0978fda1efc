/// What is left of `a` after floor division by `b`, of the sign of `b`; `numpy.remainder`.
///
/// Keeps the dtype; for integers the remainder of a division by zero is zero, for floats NaN.
/// Refuses bool.
/// Gradient: `dy` and `−dy · floor(a / b)`.
public struct Remainder: BinaryOp {
  public static let name = "remainder"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.remainder(by: b) }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    let wide = dy.widened
    let quotient = a.cast(to: wide.dtype).floorDivide(b.cast(to: wide.dtype))
    return (dy, -(wide * quotient))
  }
}

extension ArrayExpression {
  /// What is left after floor division by `divisor`; see ``Remainder``.
  public func remainder(
    _ divisor: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Remainder(), self, divisor, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``Remainder``.
  public func remainder(
    _ divisor: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    remainder(scalar(divisor), file: file, line: line)
  }
}
