/// The logarithm of the logistic function, `−log(1 + exp(−x))`, which never overflows; MXNet's
/// `log_sigmoid`, `scipy.special.log_expit`.
///
/// Integers and bool give float32.
/// Gradient: `sigmoid(−x) · dy`.
public struct LogSigmoid: UnaryOp {
  public static let name = "logSigmoid"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { x.logSigmoid() }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? {
    (-x).sigmoid()
  }
}

extension ArrayExpression {
  /// The logarithm of the logistic function of each element; see ``LogSigmoid``.
  public func logSigmoid(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(LogSigmoid(), self, at: CallSite(file, line))
  }
}
