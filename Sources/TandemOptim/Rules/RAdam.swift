/// Adam that begins as plain momentum, until the mean square is of enough gradients, and whose
/// steps are then corrected for its variance; the weight decay is added to the gradient, times the
/// parameter.
///
/// - Reference: Liu et al., *On the Variance of the Adaptive Learning Rate and Beyond*,
///   arXiv:1908.03265.
public struct RAdam: ComposedOptimizer {
  public static let name = "rAdam"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("firstMoment", "secondMoment")

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
      of: "RAdam", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[0] = x["beta1"] * x.states[0] + x.complement("beta1") * slope
    x.states[1] = x["beta2"] * x.states[1] + x.complement("beta2") * slope.squared()
    let step = x.states[0] / x.correction("beta1")
    // How many gradients the mean square is worth.
    let (beta, count) = (x.exact("beta2"), x.exact("stepCount"))
    let most = 2 / (1 - beta) - 1
    let kept = beta.power(count)
    let worth = most - 2 * count * kept / (1 - kept)
    let ratio = (worth - 4) * (worth - 2) * most / ((most - 4) * (most - 2) * worth)
    let correction = x.narrowed((ratio.maximum(0) * (1 - kept)).sqrt())
    let adaptive = correction / (x.states[1].sqrt() + x["epsilon"])
    x.value -= x["learningRate"] * step * NDArray.where(worth .> 5, adaptive, 1)
  }
}
