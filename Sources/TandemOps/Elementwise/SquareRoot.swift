/// The square root; `numpy.sqrt`.
///
/// Integers and bool give float32. Negative elements give NaN, −0 stays −0.
/// Gradient: `dy / (2 y)`, infinite at zero.
public struct SquareRoot: UnaryOp {
  public static let name = "sqrt"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.sqrt() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? { dy / (y + y) }
}

extension ArrayExpression {
  /// The square root of each element; see ``SquareRoot``.
  public func sqrt(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(SquareRoot(), self, at: CallSite(file, line))
  }
}
