/// The smallest whole number that is not below the element; `numpy.ceil`.
///
/// Keeps the dtype: integers are whole already. NaN, infinities and −0 stay. Refuses bool.
/// Piecewise constant: no gradient flows.
public struct Ceil: UnaryOp, NonDifferentiableOp {
  public static let name = "ceil"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.ceil() }
}

extension ArrayExpression {
  /// The smallest whole number that is not below the element; see ``Ceil``.
  public func ceil(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Ceil(), self, at: CallSite(file, line))
  }
}
