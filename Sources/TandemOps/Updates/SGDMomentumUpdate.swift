/// Stochastic gradient descent with momentum: `v = momentum * v + (g + weightDecay * p)`, then
/// `p = p - learningRate * v`, or, after Nesterov,
/// `p = p - learningRate * (g + weightDecay * p + momentum * v)` with the new `v`.
///
/// Inputs: parameter, gradient, velocity, learning rate, momentum, weight decay. Outputs: the
/// parameter and the velocity.
///
/// - Reference: Sutskever, Martens, Dahl and Hinton, *On the importance of initialization and
///   momentum in deep learning*, 2013.
public struct SGDMomentumUpdate: UpdateOp {
  public static let name = "sgdMomentumUpdate"

  /// Whether the parameter looks one step ahead.
  public let nesterov: Bool

  public init(nesterov: Bool = false) { self.nesterov = nesterov }

  public var states: [String] { ["velocity"] }
  public var numbers: [String] { ["learning rate", "momentum", "weight decay"] }

  public func update(
    _ parameter: LoopValue, _ gradient: LoopValue, _ states: [LoopValue], _ numbers: [LoopValue]
  ) -> [LoopValue] {
    let (rate, momentum, decay) = (numbers[0], numbers[1], numbers[2])
    let slope = gradient + decay * parameter
    let velocity = momentum * states[0] + slope
    let step = nesterov ? slope + momentum * velocity : velocity
    return [parameter - rate * step, velocity]
  }
}
