/// The logarithm to base ten; `numpy.log10`.
///
/// Integers and bool give float32. Zero gives −∞, negative elements NaN.
/// Gradient: `dy / (x log 10)`.
public struct Log10: UnaryOp {
  public static let name = "log10"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.log10() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    dy.widened / (x.widened * 2.302_585_092_994_045_7)
  }
}

extension ArrayExpression {
  /// The logarithm to base ten of each element; see ``Log10``.
  public func log10(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Log10(), self, at: CallSite(file, line))
  }
}
