/// The absolute value, rounded off at zero: `(σ x)² / 2` where `|x| < 1 / σ²`, else
/// `|x| − 1 / (2 σ²)`; MXNet's `smooth_l1`.
///
/// Integers and bool give float32.
/// Gradient: `σ² x · dy` in the middle, `sign(x) · dy` elsewhere.
///
/// - Reference: Girshick, *Fast R-CNN*, 2015, arXiv:1504.08083.
public struct SmoothL1: UnaryOp {
  public static let name = "smoothL1"

  /// How narrow the middle is.
  public let sigma: Double

  /// The operator with these attributes.
  public init(sigma: Double = 1) { self.sigma = sigma }

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue {
    let size = x.absolute()
    let isNear = size.isLess(than: x.constant(1 / (sigma * sigma)))
    return isNear.select((x * sigma).square() * 0.5, size - 0.5 / (sigma * sigma))
  }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    let x = x.widened
    return dy.widened
      * .where(x.abs() .< 1 / (sigma * sigma), x * (sigma * sigma), x.sign())
  }
}

extension ArrayExpression {
  /// The absolute value of each element, rounded off at zero; see ``SmoothL1``.
  public func smoothL1(
    sigma: Double = 1, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(SmoothL1(sigma: sigma), self, at: CallSite(file, line))
  }
}
