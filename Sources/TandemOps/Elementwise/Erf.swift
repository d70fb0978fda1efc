/// The error function; `scipy.special.erf`.
///
/// Integers and bool give float32.
/// Gradient: `2/√π · exp(−x²) · dy`.
public struct Erf: UnaryOp {
  public static let name = "erf"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.erf() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    (-(x * x)).exp() * 1.128_379_167_095_512_6
  }
}

extension ArrayExpression {
  /// The error function of each element; see ``Erf``.
  public func erf(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Erf(), self, at: CallSite(file, line))
  }
}
