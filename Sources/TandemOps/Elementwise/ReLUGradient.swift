/// The gradient of ``ReLU`` in one pass: the first input where the second, the output of the
/// forward pass, is above zero, else zero.
///
/// Gradient: itself for the first input; none flows to the second, as ReLU is piecewise linear.
public struct ReLUGradient: BinaryOp {
  public static let name = "reluGradient"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ dy: LoopValue, _ y: LoopValue) -> LoopValue {
    y.isGreater(than: y.constant(0)).select(dy, dy.constant(0))
  }

  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) { (.apply(self, dy, b, at: .unknown), nil) }
}
