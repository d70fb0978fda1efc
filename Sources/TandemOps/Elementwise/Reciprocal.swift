/// The reciprocal, `1 / x`; `numpy.reciprocal`, but integers and bool give float32.
///
/// Zero gives an infinity of its sign.
/// Gradient: `−y² · dy`.
public struct Reciprocal: UnaryOp, ComplexElementwiseOp {
  public static let name = "reciprocal"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.reciprocal() }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    inputs[0].reciprocal()
  }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    let wide = y.widened
    return -(wide * wide)
  }
}

extension ArrayExpression {
  /// One over each element; see ``Reciprocal``.
  public func reciprocal(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Reciprocal(), self, at: CallSite(file, line))
  }
}
