/// Adam whose step of a parameter is as long, in relation to the parameter, as the learning rate
/// says: for large batches. Weight decay joins the step.
///
/// `u = m̂ / (sqrt(v̂) + epsilon) + weightDecay · p`, `p = p − learningRate · ‖p‖ / ‖u‖ · u`; the
/// ratio is one where a norm is zero.
///
/// - Reference: You et al., *Large Batch Optimization for Deep Learning: Training BERT in 76
///   minutes*, arXiv:1904.00962.
public struct LAMB: ComposedOptimizer {
  public static let name = "lamb"
  public static let isElementwise = false

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("firstMoment", "secondMoment")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-6,
    weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "LAMB", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    x.states[0] = x["beta1"] * x.states[0] + x.complement("beta1") * x.gradient
    x.states[1] = x["beta2"] * x.states[1] + x.complement("beta2") * x.gradient.squared()
    let root = (x.states[1] / x.correction("beta2")).sqrt() + x["epsilon"]
    let change = x.states[0] / x.correction("beta1") / root + x["weightDecay"] * x.value
    x.value -= x["learningRate"] * x.value.trustRatio(to: change) * change
  }
}
