/// `x · sigmoid(x)`, also called swish.
///
/// Integers and bool give float32.
/// Gradient: `s (1 + x (1 − s)) · dy` with `s = sigmoid(x)`.
///
/// - Reference: Elfwing, Uchibe and Doya, *Sigmoid-weighted linear units*, 2017, arXiv:1702.03118.
public struct SiLU: UnaryOp {
  public static let name = "silu"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x * x.sigmoid() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    let s = x.sigmoid()
    return s * (x * (1 - s) + 1)
  }
}

extension ArrayExpression {
  /// Each element times its logistic function; see ``SiLU``.
  public func silu(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(SiLU(), self, at: CallSite(file, line))
  }
}
