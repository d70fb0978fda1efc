/// Whether the element is neither an infinity nor NaN; `numpy.isfinite`.
///
/// Gives bool; true for integers and bool. No gradient flows.
public struct IsFinite: UnaryOp, ComplexElementwiseOp, NonDifferentiableOp {
  public static let name = "isFinite"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ x: LoopValue) -> LoopValue { x.isFinite }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    ComplexLoopValue(inputs[0].real.isFinite.and(inputs[0].imaginary.isFinite))
  }
}

extension ArrayExpression {
  /// Whether each element is neither an infinity nor NaN; see ``IsFinite``.
  public func isFinite(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(IsFinite(), self, at: CallSite(file, line))
  }
}
