/// The sine of an angle in radians; `numpy.sin`.
///
/// Integers and bool give float32. Infinities give NaN.
/// Gradient: `cos(x) · dy`.
public struct Sin: UnaryOp {
  public static let name = "sin"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.sin() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { x.cos() }
}

extension ArrayExpression {
  /// The sine of an angle in radians of each element; see ``Sin``.
  public func sin(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Sin(), self, at: CallSite(file, line))
  }
}
