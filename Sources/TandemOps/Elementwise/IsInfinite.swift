/// Whether the element is an infinity; `numpy.isinf`.
///
/// Gives bool; false for integers and bool. No gradient flows.
public struct IsInfinite: UnaryOp, ComplexElementwiseOp, NonDifferentiableOp {
  public static let name = "isInfinite"

  /// The operator, which has no attributes.
  public init() {}

  public static func resultDType(_ computed: DType) -> DType { .bool }

  public func element(_ x: LoopValue) -> LoopValue { x.isInf }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    ComplexLoopValue(inputs[0].real.isInf.or(inputs[0].imaginary.isInf))
  }
}

extension ArrayExpression {
  /// Whether each element is an infinity; see ``IsInfinite``.
  public func isInfinite(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(IsInfinite(), self, at: CallSite(file, line))
  }
}
