/// Whether the first element is less than the second or equal to it; `a .<= b` for users,
/// `numpy.less_equal`.
///
/// Compared in the dtype that both promote to; gives bool; false beside NaN. No gradient flows.
public struct LessEqual: BinaryOp, NonDifferentiableOp {
  public static let name = "lessEqual"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.isLessOrEqual(than: b) }
}
