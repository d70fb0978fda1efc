/// `x / (1 + |x|)`, which at infinity is ±1, its limit; `jax.nn.soft_sign`, MXNet's `softsign`.
///
/// Integers and bool give float32.
/// Gradient: `dy / (1 + |x|)²`.
///
/// - Reference: Bergstra et al., *Quadratic Polynomials Learn Better Image Features*, 2009.
public struct Softsign: UnaryOp {
  public static let name = "softsign"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.softsign() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    // Not divided by the square, which overflows for all but the smaller half of the exponents.
    let slope = (x.widened.abs() + 1).reciprocal()
    return dy.widened * slope * slope
  }
}

extension ArrayExpression {
  /// `x / (1 + |x|)` of each element; see ``Softsign``.
  public func softsign(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Softsign(), self, at: CallSite(file, line))
  }
}
