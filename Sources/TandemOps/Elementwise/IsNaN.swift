/// Whether the element is not a number; `numpy.isnan`.
///
/// Gives bool; false for integers and bool. No gradient flows.
public struct IsNaN: UnaryOp, ComplexElementwiseOp, NonDifferentiableOp {
  public static let name = "isNaN"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ x: LoopValue) -> LoopValue { x.isNaN }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    ComplexLoopValue(inputs[0].real.isNaN.or(inputs[0].imaginary.isNaN))
  }
}

extension ArrayExpression {
  /// Whether each element is not a number; see ``IsNaN``.
  public func isNaN(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(IsNaN(), self, at: CallSite(file, line))
  }
}
