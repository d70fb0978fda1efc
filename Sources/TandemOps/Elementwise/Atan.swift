/// The angle in radians whose tangent is the element; `numpy.arctan`.
///
/// Integers and bool give float32.
/// Gradient: `dy / (1 + x²)`.
public struct Atan: UnaryOp {
  public static let name = "atan"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.atan() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    let wide = x.widened
    return dy.widened / (wide * wide + 1)
  }
}

extension ArrayExpression {
  /// The angle in radians whose tangent is the element; see ``Atan``.
  public func atan(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Atan(), self, at: CallSite(file, line))
  }
}
