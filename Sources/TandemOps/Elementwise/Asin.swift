/// The angle in radians whose sine is the element; `numpy.arcsin`.
///
/// Integers and bool give float32. Outside −1…1: NaN.
/// Gradient: `dy / sqrt(1 − x²)`.
public struct Asin: UnaryOp {
  public static let name = "asin"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.asin() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    let wide = x.widened
    return (1 - wide * wide).rsqrt()
  }
}

extension ArrayExpression {
  /// The angle in radians whose sine is the element; see ``Asin``.
  public func asin(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Asin(), self, at: CallSite(file, line))
  }
}
