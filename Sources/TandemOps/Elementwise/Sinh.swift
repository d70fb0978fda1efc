/// The hyperbolic sine; `numpy.sinh`.
///
/// Integers and bool give float32.
/// Gradient: `cosh(x) · dy`.
public struct Sinh: UnaryOp {
  public static let name = "sinh"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.sinh() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { x.cosh() }
}

extension ArrayExpression {
  /// The hyperbolic sine of each element; see ``Sinh``.
  public func sinh(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Sinh(), self, at: CallSite(file, line))
  }
}
