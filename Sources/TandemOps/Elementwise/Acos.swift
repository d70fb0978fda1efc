/// The angle in radians whose cosine is the element; `numpy.arccos`.
///
/// Integers and bool give float32. Outside −1…1: NaN.
/// Gradient: `−dy / sqrt(1 − x²)`.
public struct Acos: UnaryOp {
  public static let name = "acos"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.acos() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    let wide = x.widened
    return -(1 - wide * wide).rsqrt()
  }
}

extension ArrayExpression {
  /// The angle in radians whose cosine is the element; see ``Acos``.
  public func acos(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Acos(), self, at: CallSite(file, line))
  }
}
