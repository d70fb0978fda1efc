/// Whether the element is zero (false); `.!a` for users, `numpy.logical_not`.
///
/// Gives bool for every dtype; NaN is true and so gives false. No gradient flows.
public struct LogicalNot: UnaryOp, NonDifferentiableOp {
  public static let name = "logicalNot"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ x: LoopValue) -> LoopValue { x.not }
}

extension ArrayExpression {
  /// Whether each element is zero; see ``LogicalNot``.
  public func logicalNot(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(LogicalNot(), self, at: CallSite(file, line))
  }
}
