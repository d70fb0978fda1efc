/// `log(1 + x)`, precise near zero; `numpy.log1p`.
///
/// Integers and bool give float32. −1 gives −∞, elements below it NaN, −0 stays −0.
/// Gradient: `dy / (1 + x)`.
public struct Log1p: UnaryOp {
  public static let name = "log1p"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.log1p() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? { dy / (x + 1) }
}

extension ArrayExpression {
  /// The natural logarithm of one plus each element; see ``Log1p``.
  public func log1p(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Log1p(), self, at: CallSite(file, line))
  }
}
