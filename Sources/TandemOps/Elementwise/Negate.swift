/// The elements with their signs changed; `-a` for users, `numpy.negative`.
///
/// Keeps the dtype; unsigned integers wrap around. Refuses bool.
/// Gradient: `-dy`.
public struct Negate: UnaryOp, ComplexElementwiseOp {
  public static let name = "negate"

  /// The operator, which has no attributes.
  public init() {}

  public static func computeDType(_ promoted: DType) throws(ShapeError) -> DType {
    try ComputeRule.numeric(promoted)
  }

  public func element(_ x: LoopValue) -> LoopValue { -x }

  public func element(_ inputs: [ComplexLoopValue]) -> ComplexLoopValue {
    -inputs[0]
  }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? { -dy }
}
