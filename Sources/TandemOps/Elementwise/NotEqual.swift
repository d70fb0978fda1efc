/// Whether two elements differ; `a .!= b` for users, `numpy.not_equal`.
///
/// Compared in the dtype that both promote to; gives bool; NaN differs from all. No gradient flows.
public struct NotEqual: BinaryOp, ComplexElementwiseOp, NonDifferentiableOp {
  public static let name = "notEqual"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.isNotEqual(to: b) }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    ComplexLoopValue(inputs[0].isEqual(to: inputs[1]).not)
  }
}
