/// Whether two elements are equal; `a .== b` for users, `numpy.equal`.
///
/// Compared in the dtype that both promote to; gives bool; NaN equals nothing. No gradient flows.
public struct Equal: BinaryOp, ComplexElementwiseOp, NonDifferentiableOp {
  public static let name = "equal"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a.isEqual(to: b) }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    ComplexLoopValue(inputs[0].isEqual(to: inputs[1]))
  }
}
