/// The cube root; `numpy.cbrt`.
///
/// Integers and bool give float32.
/// Gradient: `dy / (3 y²)`.
public struct CubeRoot: UnaryOp {
  public static let name = "cbrt"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.cbrt() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    (y.widened.squared() * 3).reciprocal()
  }
}

extension ArrayExpression {
  /// The cube root of each element; see ``CubeRoot``.
  public func cbrt(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(CubeRoot(), self, at: CallSite(file, line))
  }
}
