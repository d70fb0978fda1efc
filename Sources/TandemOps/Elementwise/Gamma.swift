/// The gamma function; `scipy.special.gamma`, C's `tgamma`.
///
/// Integers and bool give float32.
/// Infinite at zero, of its sign; NaN at −1, −2, … and at negative infinity.
/// Gradient: `y · digamma(x) · dy`.
public struct Gamma: UnaryOp {
  public static let name = "gamma"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.gamma() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    y.widened * x.widened.digamma()
  }
}

extension ArrayExpression {
  /// The gamma function of each element; see ``Gamma``.
  public func gamma(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Gamma(), self, at: CallSite(file, line))
  }
}
