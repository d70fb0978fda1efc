/// The inverse of the error function; `scipy.special.erfinv`. Infinite at ±1, NaN beyond.
///
/// Integers and bool give float32.
/// Gradient: `√π/2 · exp(y²) · dy`.
public struct ErfInverse: UnaryOp {
  public static let name = "erfinv"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.erfinv() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    (y * y).exp() * 0.886_226_925_452_758
  }
}

extension ArrayExpression {
  /// The inverse error function of each element; see ``ErfInverse``.
  public func erfinv(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(ErfInverse(), self, at: CallSite(file, line))
  }
}
