/// The logistic function, `1 / (1 + exp(−x))`; `scipy.special.expit`.
///
/// Integers and bool give float32.
/// Gradient: `y (1 − y) · dy`.
public struct Sigmoid: UnaryOp {
  public static let name = "sigmoid"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.sigmoid() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { y * (1 - y) }
}

extension ArrayExpression {
  /// The logistic function of each element; see ``Sigmoid``.
  public func sigmoid(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Sigmoid(), self, at: CallSite(file, line))
  }
}
