/// The hyperbolic tangent; `numpy.tanh`.
public struct Tanh: UnaryOp {
  public static let name = "tanh"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.tanh() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { 1 - y * y }
}

extension ArrayExpression {
  /// The hyperbolic tangent of each element; see ``Tanh``.
  public func tanh(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Tanh(), self, at: CallSite(file, line))
  }
}
