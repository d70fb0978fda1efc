/// `log(exp(a) + exp(b))`, which never overflows on the way; `numpy.logaddexp`.
///
/// Integers and bool give float32.
/// Gradient: `sigmoid(a − b) · dy` and `sigmoid(b − a) · dy`.
public struct LogAddExp: BinaryOp {
  public static let name = "logAddExp"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue {
    a.logAddExp(b)
  }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    let wide = dy.widened
    let (a, b) = (a.cast(to: wide.dtype), b.cast(to: wide.dtype))
    let apart = Symbol.where(a .== b, 0, a - b)
    return (wide * apart.sigmoid(), wide * (-apart).sigmoid())
  }
}

extension ArrayExpression {
  /// The logarithm of the sum of the exponentials of each element and that of `other`; see
  /// ``LogAddExp``.
  public func logAddExp(
    _ other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(LogAddExp(), self, other, at: CallSite(file, line))
  }

  /// The same with a number, a weak scalar; see ``LogAddExp``.
  public func logAddExp(
    _ other: some Scalar, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    logAddExp(scalar(other), file: file, line: line)
  }
}
