/// The tangent of an angle in radians; `numpy.tan`.
///
/// Integers and bool give float32. Infinities give NaN.
/// Gradient: `(1 + y²) · dy`.
public struct Tan: UnaryOp {
  public static let name = "tan"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.tan() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    let wide = y.widened
    return wide * wide + 1
  }
}

extension ArrayExpression {
  /// The tangent of an angle in radians of each element; see ``Tan``.
  public func tan(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Tan(), self, at: CallSite(file, line))
  }
}
