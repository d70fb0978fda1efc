/// A logistic function made of three straight lines, `min(max(alpha · x + beta, 0), 1)`; MXNet's
/// `hard_sigmoid`. PyTorch's `hardsigmoid` has an `alpha` of a sixth.
///
/// Integers and bool give float32.
/// Gradient: `alpha · dy` where the result lies between 0 and 1, else zero.
public struct HardSigmoid: UnaryOp {
  public static let name = "hardSigmoid"

  /// The slope in the middle.
  public let alpha: Double
  /// The result at zero.
  public let beta: Double

  /// The operator with these attributes.
  public init(alpha: Double = 0.2, beta: Double = 0.5) {
    (self.alpha, self.beta) = (alpha, beta)
  }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue {
    (x * alpha + beta).maximum(x.constant(0)).minimum(x.constant(1))
  }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    let line = x.widened * alpha + beta
    return .where((line .> 0) .& (line .< 1), dy.widened * alpha, 0)
  }
}

extension ArrayExpression {
  /// `min(max(alpha · x + beta, 0), 1)` of each element; see ``HardSigmoid``.
  public func hardSigmoid(
    alpha: Double = 0.2, beta: Double = 0.5, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(HardSigmoid(alpha: alpha, beta: beta), self, at: CallSite(file, line))
  }
}
