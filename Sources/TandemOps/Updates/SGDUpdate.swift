/// Stochastic gradient descent: `p = p - learningRate * (g + weightDecay * p)`.
///
/// Inputs: parameter, gradient, learning rate, weight decay. Output: the parameter.
public struct SGDUpdate: UpdateOp {
  public static let name = "sgdUpdate"

  public init() {}

  public var states: [String] { [] }
  public var numbers: [String] { ["learning rate", "weight decay"] }

  public func update(
    _ parameter: LoopValue, _ gradient: LoopValue, _ states: [LoopValue], _ numbers: [LoopValue]
  ) -> [LoopValue] {
    let (rate, decay) = (numbers[0], numbers[1])
    return [parameter - rate * (gradient + decay * parameter)]
  }
}
