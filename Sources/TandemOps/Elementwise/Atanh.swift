/// The inverse hyperbolic tangent; `numpy.arctanh`. Infinite at ±1, NaN beyond.
///
/// Integers and bool give float32.
/// Gradient: `dy / (1 − x²)`.
public struct Atanh: UnaryOp {
  public static let name = "atanh"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.atanh() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    ((1 - x) * (1 + x)).reciprocal()
  }
}

extension ArrayExpression {
  /// The inverse hyperbolic tangent of each element; see ``Atanh``.
  public func atanh(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Atanh(), self, at: CallSite(file, line))
  }
}
