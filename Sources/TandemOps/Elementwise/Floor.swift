/// The largest whole number that is not above the element; `numpy.floor`.
///
/// Keeps the dtype: integers are whole already. NaN, infinities and −0 stay. Refuses bool.
/// Piecewise constant: no gradient flows.
public struct Floor: UnaryOp, NonDifferentiableOp {
  public static let name = "floor"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.floor() }
}

extension ArrayExpression {
  /// The largest whole number that is not above the element; see ``Floor``.
  public func floor(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Floor(), self, at: CallSite(file, line))
  }
}
