/// ``LAMB`` with Nesterov's momentum and gradients of length one: for larger batches still.
///
/// With `g` divided by its norm, `r = m̂ / (sqrt(v̂) + epsilon) + weightDecay · p` and
/// `c = g / (sqrt(v̂) + epsilon) + weightDecay · p`:
/// `p = p − learningRate · ‖p‖ · (b1 · r / ‖r‖ + (1 − b1) · c / ‖c‖)`.
///
/// - Reference: Zheng et al., *Accelerated Large Batch Optimization of BERT Pretraining in 54
///   minutes*, arXiv:2006.13484.
public struct LANS: ComposedOptimizer {
  public static let name = "lans"
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
      of: "LANS", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let length = x.gradient.squared().sum().sqrt()
    let slope = NDArray.where(length .> 0, x.gradient / length, x.gradient)
    x.states[0] = x["beta1"] * x.states[0] + x.complement("beta1") * slope
    x.states[1] = x["beta2"] * x.states[1] + x.complement("beta2") * slope.squared()
    let root = (x.states[1] / x.correction("beta2")).sqrt() + x["epsilon"]
    let decayed = x["weightDecay"] * x.value
    let mean = x.states[0] / x.correction("beta1") / root + decayed
    let now = slope / root + decayed
    let part = x["beta1"] * x.value.trustRatio(to: mean) * mean
    x.value -=
      x["learningRate"] * (part + x.complement("beta1") * x.value.trustRatio(to: now) * now)
  }
}
