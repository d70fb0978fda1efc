/// The derivative of the logarithm of the gamma function; `scipy.special.digamma`.
///
/// Integers and bool give float32.
/// Infinite at zero, of the other sign; NaN at −1, −2, … and at negative infinity.
/// Gradient: `polygamma(x, 1) · dy`.
public struct Digamma: UnaryOp {
  public static let name = "digamma"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.digamma() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    x.widened.polygamma(order: 1)
  }
}

extension ArrayExpression {
  /// The digamma function of each element; see ``Digamma``.
  public func digamma(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Digamma(), self, at: CallSite(file, line))
  }
}
