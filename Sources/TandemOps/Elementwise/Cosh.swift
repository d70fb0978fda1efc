/// The hyperbolic cosine; `numpy.cosh`.
///
/// Integers and bool give float32.
/// Gradient: `sinh(x) · dy`.
public struct Cosh: UnaryOp {
  public static let name = "cosh"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.cosh() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { x.sinh() }
}

extension ArrayExpression {
  /// The hyperbolic cosine of each element; see ``Cosh``.
  public func cosh(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Cosh(), self, at: CallSite(file, line))
  }
}
