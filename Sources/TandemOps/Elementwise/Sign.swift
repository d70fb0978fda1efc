/// −1, 0 or 1 by the sign of the element; `numpy.sign`.
///
/// Keeps the dtype; NaN stays NaN, −0 gives 0. Refuses bool. Piecewise constant: no gradient flows.
public struct Sign: UnaryOp, NonDifferentiableOp {
  public static let name = "sign"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.sign() }
}

extension ArrayExpression {
  /// The sign of each element as −1, 0 or 1; see ``Sign``.
  public func sign(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Sign(), self, at: CallSite(file, line))
  }
}
