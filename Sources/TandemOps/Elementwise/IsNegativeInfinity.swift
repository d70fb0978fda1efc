/// Whether the element is negative infinity; `numpy.isneginf`.
///
/// Gives bool; false for integers and bool. No gradient flows.
public struct IsNegativeInfinity: UnaryOp, NonDifferentiableOp {
  public static let name = "isNegativeInfinity"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ x: LoopValue) -> LoopValue { x.isNegativeInfinity }
}

extension ArrayExpression {
  /// Whether each element is negative infinity; see ``IsNegativeInfinity``.
  public func isNegativeInfinity(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(IsNegativeInfinity(), self, at: CallSite(file, line))
  }
}
