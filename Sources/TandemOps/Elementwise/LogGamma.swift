/// The logarithm of the size of the gamma function; `scipy.special.gammaln`, C's `lgamma`.
///
/// Integers and bool give float32.
/// Infinite at 0, −1, −2, … and at both infinities.
/// Gradient: `digamma(x) · dy`.
public struct LogGamma: UnaryOp {
  public static let name = "logGamma"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.logGamma() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    x.widened.digamma()
  }
}

extension ArrayExpression {
  /// The logarithm of the size of the gamma function of each element; see ``LogGamma``.
  public func logGamma(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(LogGamma(), self, at: CallSite(file, line))
  }
}
