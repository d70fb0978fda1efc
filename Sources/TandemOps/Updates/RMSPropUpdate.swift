/// RMSProp: `v = decay * v + (1 - decay) * g²`, `p = p - learningRate * g / (sqrt(v) + epsilon)`
/// with `g` the gradient plus `weightDecay * p`.
///
/// Inputs: parameter, gradient, mean square, learning rate, decay, epsilon, weight decay. Outputs:
/// the parameter and the mean square.
///
/// - Reference: Tieleman and Hinton, *Lecture 6.5: RMSProp*, Coursera, 2012.
public struct RMSPropUpdate: UpdateOp {
  public static let name = "rmsPropUpdate"

  public init() {}

  public var states: [String] { ["mean square"] }
  public var numbers: [String] { ["learning rate", "decay", "epsilon", "weight decay"] }

  public func update(
    _ parameter: LoopValue, _ gradient: LoopValue, _ states: [LoopValue], _ numbers: [LoopValue]
  ) -> [LoopValue] {
    let (rate, kept, epsilon, decay) = (numbers[0], numbers[1], numbers[2], numbers[3])
    let slope = gradient + decay * parameter
    let square = kept * states[0] + numbers[4] * (slope * slope)
    return [parameter - rate * slope / (square.sqrt() + epsilon), square]
  }

  public func coefficients(_ numbers: [LoopValue]) -> [LoopValue]? {
    numbers + [numbers[1].constant(1) - numbers[1]]
  }
}
