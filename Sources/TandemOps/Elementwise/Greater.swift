/// Whether the first element is greater than the second; `a .> b` for users, `numpy.greater`.
///
/// Compared in the dtype that both promote to; gives bool; false beside NaN. No gradient flows.
public struct Greater: BinaryOp, NonDifferentiableOp {
  public static let name = "greater"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { b.isLess(than: a) }
}
