/// `exp(x) − 1`, precise near zero; `numpy.expm1`.
///
/// Integers and bool give float32. −0 stays −0.
/// Gradient: `(y + 1) · dy`.
public struct Expm1: UnaryOp {
  public static let name = "expm1"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.expm1() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { y + 1 }
}

extension ArrayExpression {
  /// The exponential of each element less one; see ``Expm1``.
  public func expm1(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Expm1(), self, at: CallSite(file, line))
  }
}
