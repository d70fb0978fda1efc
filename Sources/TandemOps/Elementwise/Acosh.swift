/// The inverse hyperbolic cosine; `numpy.arccosh`. NaN below one.
///
/// Integers and bool give float32.
/// Gradient: `dy / √(x² − 1)`.
public struct Acosh: UnaryOp {
  public static let name = "acosh"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.acosh() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    let x = x.widened
    return ((x - 1).sqrt() * (x + 1).sqrt()).reciprocal()
  }
}

extension ArrayExpression {
  /// The inverse hyperbolic cosine of each element; see ``Acosh``.
  public func acosh(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Acosh(), self, at: CallSite(file, line))
  }
}
