/// The logarithm to base two; `numpy.log2`.
///
/// Integers and bool give float32. Zero gives −∞, negative elements NaN.
/// Gradient: `dy / (x log 2)`.
public struct Log2: UnaryOp {
  public static let name = "log2"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.log2() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    dy.widened / (x.widened * 0.693_147_180_559_945_31)
  }
}

extension ArrayExpression {
  /// The logarithm to base two of each element; see ``Log2``.
  public func log2(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Log2(), self, at: CallSite(file, line))
  }
}
