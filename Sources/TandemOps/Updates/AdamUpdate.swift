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
    let (rate, epsilon, decay) = (numbers[0], numbers[5], numbers[6])
    let slope = decouplesWeightDecay ? gradient : gradient + decay * parameter
    let kept = decouplesWeightDecay ? parameter * numbers[9] : parameter
    let first = numbers[1] * states[0] + numbers[3] * slope
    let second = numbers[2] * states[1] + numbers[4] * (slope * slope)
    let root = (second / numbers[8]).sqrt()
    return [kept - rate * (first / numbers[7]) / (root + epsilon), first, second]
  }

  /// Those of ``AdamStep``.
  public func coefficients(_ numbers: [LoopValue]) -> [LoopValue]? {
    let (rate, b1, b2, one) = (numbers[0], numbers[1], numbers[2], numbers[0].constant(1))
    return [rate, b1, b2, one - b1, one - b2] + numbers[3...] + [one - rate * numbers[4]]
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let arrays = (0..<4).map { lowering.input($0) }
    let (layout, wide) = (arrays[0].layout, inputs[0].dtype)
    let isDense =
      arrays.allSatisfy { $0.scalar == nil && $0.dtype == wide && $0.layout.matches(layout) }
      && wide.accumulating == wide && layout.isDense
      && (0...2).allSatisfy { lowering.output($0).layout.matches(layout) }
    guard isDense, let coefficients = lowerCoefficients(as: wide, to: &lowering) else {
      return lowerToLoop(inputs, to: &lowering)
    }
    lowering.emit(
      AdamStep(decouplesWeightDecay: decouplesWeightDecay), (0...2).map { lowering.output($0) },
      arrays + [coefficients])
  }
}

extension Layout {
  /// Whether elements lie as another layout's do, wherever they start.
  fileprivate func matches(_ other: Layout) -> Bool {
    shape == other.shape && stridesArray == other.stridesArray
  }
}
