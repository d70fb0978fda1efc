/// The natural logarithm; `numpy.log`.
///
/// Integers and bool give float32. Zero gives −∞, negative elements NaN.
/// Gradient: `dy / x`.
public struct Log: UnaryOp {
  public static let name = "log"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.log() }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? { dy / x }
}

extension ArrayExpression {
  /// The natural logarithm of each element; see ``Log``.
  public func log(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Log(), self, at: CallSite(file, line))
  }
}
