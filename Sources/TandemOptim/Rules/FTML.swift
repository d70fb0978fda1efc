/// Follow the moving leader: `d = (1 − b1ᵗ) / learningRate · (sqrt(v / (1 − b2ᵗ)) + epsilon)`,
/// `z = b1 z + (1 − b1) g − (d − b1 d') p` with the last step's `d'`, `p = −z / d`; the weight
/// decay is added to the gradient, times the parameter.
///
/// - Reference: Zheng and Kwok, *Follow the Moving Leader in Deep Learning*, ICML 2017.
public struct FTML: ComposedOptimizer {
  public static let name = "ftml"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("denominator", "secondMoment", "leader")

  /// - Parameters:
  ///   - learningRate: must be positive.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 2.5e-3, beta1: Double = 0.6, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "FTML", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[1] = x["beta2"] * x.states[1] + x.complement("beta2") * slope.squared()
    let root = (x.states[1] / x.correction("beta2")).sqrt()
    let denominator = x.correction("beta1") / x["learningRate"] * (root + x["epsilon"])
    let change = denominator - x["beta1"] * x.states[0]
    x.states[2] = x["beta1"] * x.states[2] + x.complement("beta1") * slope - change * x.value
    x.states[0] = denominator
    x.value = -x.states[2] / denominator
  }
}
