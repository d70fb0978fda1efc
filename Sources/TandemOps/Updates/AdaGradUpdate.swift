/// AdaGrad: `v = v + g²`, `p = p - learningRate * g / (sqrt(v) + epsilon)` with `g` the gradient
/// plus `weightDecay * p`.
///
/// Inputs: parameter, gradient, sum of squares, learning rate, epsilon, weight decay. Outputs: the
/// parameter and the sum of squares.
///
/// - Reference: Duchi, Hazan and Singer, *Adaptive Subgradient Methods for Online Learning and
///   Stochastic Optimization*, JMLR 2011.
public struct AdaGradUpdate: UpdateOp {
  public static let name = "adaGradUpdate"

  public init() {}

  public var states: [String] { ["sum of squares"] }
  public var numbers: [String] { ["learning rate", "epsilon", "weight decay"] }

  public func update(
    _ parameter: LoopValue, _ gradient: LoopValue, _ states: [LoopValue], _ numbers: [LoopValue]
  ) -> [LoopValue] {
    let (rate, epsilon, decay) = (numbers[0], numbers[1], numbers[2])
    let slope = gradient + decay * parameter
    let square = states[0] + slope * slope
    return [parameter - rate * slope / (square.sqrt() + epsilon), square]
  }
}
