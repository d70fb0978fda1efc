/// Adam whose mean square never shrinks: `p = p − learningRate · m̂ / (sqrt(max(v) / (1 − b2ᵗ)) +
/// epsilon)`; the weight decay is added to the gradient, times the parameter.
///
/// - Reference: Reddi, Kale and Kumar, *On the Convergence of Adam and Beyond*, arXiv:1904.09237.
public struct AMSGrad: ComposedOptimizer {
  public static let name = "amsGrad"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("firstMoment", "secondMoment", "largestMoment")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "AMSGrad", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[0] = x["beta1"] * x.states[0] + x.complement("beta1") * slope
    x.states[1] = x["beta2"] * x.states[1] + x.complement("beta2") * slope.squared()
    x.states[2] = x.states[2].maximum(x.states[1])
    let root = (x.states[2] / x.correction("beta2")).sqrt()
    x.value -= x["learningRate"] * (x.states[0] / x.correction("beta1")) / (root + x["epsilon"])
  }
}
