/// Whether the first element is greater than the second or equal to it; `a .>= b` for users,
/// `numpy.greater_equal`.
///
/// Compared in the dtype that both promote to; gives bool; false beside NaN. No gradient flows.
public struct GreaterEqual: BinaryOp, NonDifferentiableOp {
  public static let name = "greaterEqual"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { b.isLessOrEqual(than: a) }
}
