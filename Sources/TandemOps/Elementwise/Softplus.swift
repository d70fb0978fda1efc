/// `log(1 + exp(x))`, computed as `max(x, 0) + log1p(exp(−|x|))`, which never overflows.
///
/// Integers and bool give float32.
/// Gradient: `sigmoid(x) · dy`.
public struct Softplus: UnaryOp {
  public static let name = "softplus"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.softplus() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { x.sigmoid() }
}

extension ArrayExpression {
  /// The logarithm of one plus the exponential of each element; see ``Softplus``.
  public func softplus(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Softplus(), self, at: CallSite(file, line))
  }
}
