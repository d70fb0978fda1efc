/// `a` to the power of `b`; `numpy.power`.
///
/// Keeps the dtype. Zero to the power of zero is one; a negative float to a power that is not whole
/// is NaN; integers wrap around, and to a negative power are what is left of the fraction: zero, or
/// ±1 for ±1. Refuses bool.
/// Gradient: `dy · b · a^(b − 1)`, zero where `b` is zero; and `dy · y · log a`, zero where `a` is
/// zero and `b` is not negative, NaN where `a` is negative (as PyTorch).
public struct Power: BinaryOp {
  public static let name = "power"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.power(b) }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    // Where b is zero, 0 · a^(−1) would be NaN for a base of zero or nearly so: there it is one.
    let wide = dy.widened
    let base = Symbol.where(b .== 0, 1, a).cast(to: wide.dtype)
    let logarithm = Symbol.where((a .== 0) .& (b .>= 0), 1, a).cast(to: wide.dtype).log()
    // An unsigned exponent of zero has none before it.
    let exponent = b.cast(to: wide.dtype)
    return (wide * exponent * base.power(exponent - 1), wide * y.widened * logarithm)
  }
}

extension ArrayExpression {
  /// Each element to the power of `exponent`; see ``Power``.
  public func power(
    _ exponent: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Power(), self, exponent, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``Power``.
  public func power(
    _ exponent: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    power(scalar(exponent), file: file, line: line)
  }
}
