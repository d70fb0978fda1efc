/// Adam with the largest gradient in place of the root of the mean square:
/// `u = max(b2 · u, |g| + epsilon)`, `p = p − learningRate / (1 − b1ᵗ) · m / u`; the weight decay
/// is added to the gradient, times the parameter.
///
/// - Reference: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, arXiv:1412.6980, §7.
public struct Adamax: ComposedOptimizer {
  public static let name = "adamax"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("firstMoment", "largest")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the largest gradient stays; from 0 to below 1.
  ///   - epsilon: added to the gradient's size; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "Adamax", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[0] = x["beta1"] * x.states[0] + x.complement("beta1") * slope
    x.states[1] = (x["beta2"] * x.states[1]).maximum(slope.abs() + x["epsilon"])
    x.value -= x["learningRate"] / x.correction("beta1") * x.states[0] / x.states[1]
  }
}
