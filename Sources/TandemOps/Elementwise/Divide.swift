/// The quotient of two arrays, which broadcast; `a / b` for users, `numpy.divide`.
///
/// Integers and bool give float32. Division by zero gives an infinity, 0/0 NaN.
/// Gradient: `dy / b` and `−dy · y / b`.
public struct Divide: BinaryOp, ComplexElementwiseOp {
  public static let name = "divide"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.floating(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a / b }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    inputs[0] / inputs[1]
  }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) {
    // Not `dy / b · y`: the quotient is infinite for the smallest divisors, and `y` may be zero.
    let wide = dy.widened
    let divisor = b.conjugated
    return (dy / divisor, -(wide * y.widened.conjugated / divisor.cast(to: wide.dtype)))
  }
}
