/// The whole part of the element, rounded towards zero; `numpy.trunc`.
///
/// Keeps the dtype: integers are whole already. NaN, infinities and −0 stay. Refuses bool.
/// Piecewise constant: no gradient flows.
public struct Truncate: UnaryOp, NonDifferentiableOp {
  public static let name = "truncated"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.trunc() }
}

extension ArrayExpression {
  /// The whole part of the element, rounded towards zero; see ``Truncate``.
  public func truncated(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Truncate(), self, at: CallSite(file, line))
  }
}
