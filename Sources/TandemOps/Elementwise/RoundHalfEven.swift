/// The nearest whole number, the even one of two equally near; `numpy.rint`.
///
/// Keeps the dtype: integers are whole already. NaN, infinities and −0 stay. Refuses bool.
/// Piecewise constant: no gradient flows.
public struct RoundHalfEven: UnaryOp, NonDifferentiableOp {
  public static let name = "rounded"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.rint() }
}

extension ArrayExpression {
  /// The nearest whole number, the even one of two equally near; see ``RoundHalfEven``.
  public func rounded(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(RoundHalfEven(), self, at: CallSite(file, line))
  }
}
