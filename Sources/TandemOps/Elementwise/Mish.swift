/// `x · tanh(log(1 + exp(x)))`; MXNet's `mish`.
///
/// Integers and bool give float32.
/// Gradient: `(t + x (1 − t²) sigmoid(x)) · dy`, where `t` is the hyperbolic tangent.
///
/// - Reference: Misra, *Mish: A Self Regularized Non-Monotonic Activation Function*, 2019,
///   arXiv:1908.08681.
public struct Mish: UnaryOp {
  public static let name = "mish"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.mish() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    let x = x.widened
    let t = x.softplus().tanh()
    return t + x * (1 - t * t) * x.sigmoid()
  }
}

extension ArrayExpression {
  /// `x · tanh(log(1 + exp(x)))` of each element; see ``Mish``.
  public func mish(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Mish(), self, at: CallSite(file, line))
  }
}
