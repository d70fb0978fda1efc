/// Stochastic gradient Langevin dynamics, which draws from the posterior of the parameters:
/// `p = p − learningRate / 2 · (g + weightDecay · p) + sqrt(learningRate) · n` with standard normal
/// `n` from the random state: one tick for each parameter and step.
///
/// - Reference: Welling and Teh, *Bayesian Learning via Stochastic Gradient Langevin Dynamics*,
///   ICML
///   2011.
public struct SGLD: ComposedOptimizer {
  public static let name = "sgld"
  public static let isElementwise = false

  public let numbers: [StateCell]
  public let memory = OptimizerMemory()

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 0.1, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "SGLD", ["learningRate": learningRate, "weightDecay": weightDecay],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let noise = NDArray.random.normal(x.value.shape, dtype: x.value.dtype)
    let slope = x.gradient + x["weightDecay"] * x.value
    let rate = x["learningRate"]
    x.value = x.value - 0.5 * rate * slope + rate.sqrt() * noise
  }
}
