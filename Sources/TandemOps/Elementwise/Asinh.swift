/// The inverse hyperbolic sine; `numpy.arcsinh`.
///
/// Integers and bool give float32.
/// Gradient: `dy / √(x² + 1)`.
public struct Asinh: UnaryOp {
  public static let name = "asinh"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.asinh() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    x.widened.hypot(1).reciprocal()
  }
}

extension ArrayExpression {
  /// The inverse hyperbolic sine of each element; see ``Asinh``.
  public func asinh(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Asinh(), self, at: CallSite(file, line))
  }
}
