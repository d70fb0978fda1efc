/// The cosine of an angle in radians; `numpy.cos`.
///
/// Integers and bool give float32. Infinities give NaN.
/// Gradient: `−sin(x) · dy`.
public struct Cos: UnaryOp {
  public static let name = "cos"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.cos() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { -x.sin() }
}

extension ArrayExpression {
  /// The cosine of an angle in radians of each element; see ``Cos``.
  public func cos(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Cos(), self, at: CallSite(file, line))
  }
}
