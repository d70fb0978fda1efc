/// Whether the first element is less than the second; `a .< b` for users, `numpy.less`.
///
/// Compared in the dtype that both promote to; gives bool; false beside NaN. No gradient flows.
public struct Less: BinaryOp, NonDifferentiableOp {
  public static let name = "less"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.isLess(than: b) }
}
