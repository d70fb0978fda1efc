/// The difference of two arrays, which broadcast; `a - b` for users, `numpy.subtract`.
///
/// Integers wrap around. Refuses bool.
/// Gradient: `dy` and `−dy`.
public struct Subtract: BinaryOp, ComplexElementwiseOp {
  public static let name = "subtract"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue { a - b }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    inputs[0] - inputs[1]
  }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) { (dy, -dy) }
}
