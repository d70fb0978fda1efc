/// Adam, and AdamW, which takes the weight decay out of the gradient.
///
/// `m = b1 * m + (1 - b1) * g`, `v = b2 * v + (1 - b2) * g²`, then
/// `p = p - learningRate * (m / c1) / (sqrt(v / c2) + epsilon)` with the bias corrections
/// `c1 = 1 - b1^t` and `c2 = 1 - b2^t` of step `t`, which are inputs. With decoupled weight decay
/// `p` is first multiplied by `1 - learningRate * weightDecay`, else `weightDecay * p` is added to
/// `g`.
///
/// Inputs: parameter, gradient, first moment, second moment, learning rate, b1, b2, epsilon, weight
/// decay, c1, c2. Outputs: the parameter and both moments.
///
/// - Reference: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, arXiv:1412.6980;
///   Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, arXiv:1711.05101.
public struct AdamUpdate: UpdateOp {
  public static let name = "adamUpdate"

  /// Whether the weight decay acts on the parameter itself (AdamW), not through the gradient.
  public let decouplesWeightDecay: Bool

  public init(decouplesWeightDecay: Bool) { self.decouplesWeightDecay = decouplesWeightDecay }

  public var states: [String] { ["first moment", "second moment"] }
  public var numbers: [String] {
    [
      "learning rate", "first decay rate", "second decay rate", "epsilon", "weight decay",
      "first bias correction", "second bias correction",
    ]
  }

  public func update(
    _ parameter: LoopValue, _ gradient: LoopValue, _ states: [LoopValue], _ numbers: [LoopValue]
  ) -> [LoopValue] {
    let (rate, b1, b2, epsilon) = (numbers[0], numbers[1], numbers[2], numbers[3])
    let (decay, c1, c2) = (numbers[4], numbers[5], numbers[6])
    let one = rate.constant(1)
    let slope = decouplesWeightDecay ? gradient : gradient + decay * parameter
    let kept = decouplesWeightDecay ? parameter * (one - rate * decay) : parameter
    let first = b1 * states[0] + (one - b1) * slope
    let second = b2 * states[1] + (one - b2) * (slope * slope)
    let root = (second / c2).sqrt()
    return [kept - rate * (first / c1) / (root + epsilon), first, second]
  }
}
