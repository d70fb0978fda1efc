/// The exponential function; `numpy.exp`.
///
/// Integers and bool give float32.
/// Gradient: `y · dy`.
public struct Exp: UnaryOp, ComplexElementwiseOp {
  public static let name = "exp"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.exp() }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    inputs[0].exp()
  }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { y }
}

extension ArrayExpression {
  /// e to the power of each element; see ``Exp``.
  public func exp(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Exp(), self, at: CallSite(file, line))
  }
}
