/// Adam whose steps are long where gradients are as expected: the mean square of `g − m` in place
/// of that of `g`. Weight decay acts on the parameter itself.
///
/// `s = b2 s + (1 − b2)(g − m)² + epsilon`, `p = p − learningRate · m̂ / (sqrt(ŝ) + epsilon)`.
///
/// - Reference: Zhuang et al., *AdaBelief Optimizer: Adapting Stepsizes by the Belief in Observed
///   Gradients*, arXiv:2010.07468.
public struct AdaBelief: ComposedOptimizer {
  public static let name = "adaBelief"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("firstMoment", "variance")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the variance and to its root; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-16, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "AdaBelief", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    x.decay()
    x.states[0] = x["beta1"] * x.states[0] + x.complement("beta1") * x.gradient
    let surprise = (x.gradient - x.states[0]).squared()
    x.states[1] = x["beta2"] * x.states[1] + x.complement("beta2") * surprise + x["epsilon"]
    let root = (x.states[1] / x.correction("beta2")).sqrt()
    x.value -= x["learningRate"] * (x.states[0] / x.correction("beta1")) / (root + x["epsilon"])
  }
}
