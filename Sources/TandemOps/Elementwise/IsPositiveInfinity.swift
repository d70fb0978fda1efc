/// Whether the element is positive infinity; `numpy.isposinf`.
///
/// Gives bool; false for integers and bool. No gradient flows.
public struct IsPositiveInfinity: UnaryOp, NonDifferentiableOp {
  public static let name = "isPositiveInfinity"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ x: LoopValue) -> LoopValue { x.isPositiveInfinity }
}

extension ArrayExpression {
  /// Whether each element is positive infinity; see ``IsPositiveInfinity``.
  public func isPositiveInfinity(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(IsPositiveInfinity(), self, at: CallSite(file, line))
  }
}
