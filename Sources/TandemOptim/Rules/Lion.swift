/// The sign of a mixture of gradient and momentum, found by search:
/// `p = p · (1 − learningRate · weightDecay) − learningRate · sign(b1 m + (1 − b1) g)`, then
/// `m = b2 m + (1 − b2) g`. Half of Adam's memory; wants a rate some three to ten times smaller.
///
/// - Reference: Chen et al., *Symbolic Discovery of Optimization Algorithms*, arXiv:2302.06675.
public struct Lion: ComposedOptimizer {
  public static let name = "lion"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("momentum")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the momentum is in the step; from 0 to below 1.
  ///   - beta2: how much of the momentum stays; from 0 to below 1.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-4, beta1: Double = 0.9, beta2: Double = 0.99, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "Lion", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let mixture = x["beta1"] * x.states[0] + x.complement("beta1") * x.gradient
    x.decay()
    x.value -= x["learningRate"] * mixture.sign()
    x.states[0] = x["beta2"] * x.states[0] + x.complement("beta2") * x.gradient
  }
}
