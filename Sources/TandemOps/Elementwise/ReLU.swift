/// The larger of the element and zero, the rectified linear unit.
///
/// Keeps the dtype; NaN stays. Refuses bool.
/// Gradient: ``ReLUGradient``, `dy` where `y > 0`, zero at zero.
public struct ReLU: UnaryOp {
  public static let name = "relu"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.relu() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    .apply(ReLUGradient(), dy, y, at: .unknown)
  }
}

extension ArrayExpression {
  /// The larger of each element and zero; see ``ReLU``.
  public func relu(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(ReLU(), self, at: CallSite(file, line))
  }
}
