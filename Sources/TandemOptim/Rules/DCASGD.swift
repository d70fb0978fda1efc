/// Momentum for asynchronous workers, whose gradients are of older parameters `p'`: corrected by
/// `compensation · g² · (p − p')`.
///
/// `v = momentum · v − learningRate · (g + weightDecay · p + compensation · g² · (p − p'))`,
/// `p = p + v`.
///
/// - Reference: Zheng et al., *Asynchronous Stochastic Gradient Descent with Delay Compensation*,
///   arXiv:1609.08326.
public struct DCASGD: ComposedOptimizer {
  public static let name = "dcasgd"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory(["velocity", "previous"]) {
    [.zeros(like: $0), $0 + 0]
  }

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - momentum: from 0 to below 1.
  ///   - compensation: how much of the delay is corrected; must not be negative.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 0.1, momentum: Double = 0, compensation: Double = 0.04,
    weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "DCASGD",
      ["learningRate": learningRate, "weightDecay": weightDecay, "compensation": compensation],
      fractions: ["momentum": momentum],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let decayed = x.gradient + x["weightDecay"] * x.value
    let delay = x["compensation"] * x.gradient.squared() * (x.value - x.states[1])
    x.states[0] = x["momentum"] * x.states[0] - x["learningRate"] * (decayed + delay)
    // A sum, so that it is another array than the value, which can then be changed in place.
    x.states[1] = x.value + 0
    x.value += x.states[0]
  }
}
