/// The square, `x · x`; `numpy.square`.
///
/// Keeps the dtype; integers wrap around. Refuses bool.
/// Gradient: `2 x · dy`.
public struct Square: UnaryOp, ComplexElementwiseOp {
  public static let name = "squared"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.square() }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    inputs[0] * inputs[0]
  }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    // Not `dy · (x + x)`: the sum may be infinite.
    dy * x.conjugated * 2
  }
}

extension ArrayExpression {
  /// The square of each element; see ``Square``.
  public func squared(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Square(), self, at: CallSite(file, line))
  }
}
