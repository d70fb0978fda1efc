/// The sign of the velocity: `v = momentum · v + (1 − momentum)(g + weightDecay · p)`,
/// `p = p · (1 − learningRate · decoupledDecay) − learningRate · sign(v)`; without momentum
/// SignSGD.
///
/// - Reference: Bernstein et al., *signSGD: Compressed Optimisation for Non-Convex Problems*,
///   arXiv:1802.04434.
public struct Signum: ComposedOptimizer {
  public static let name = "signum"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("velocity")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - momentum: from 0 to below 1.
  ///   - weightDecay: joins the gradient; must not be negative.
  ///   - decoupledDecay: acts on the parameter itself; must not be negative.
  public init(
    learningRate: Double = 1e-2, momentum: Double = 0.9, weightDecay: Double = 0,
    decoupledDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "Signum",
      ["learningRate": learningRate, "weightDecay": weightDecay, "decoupledDecay": decoupledDecay],
      fractions: ["momentum": momentum],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[0] = x["momentum"] * x.states[0] + x.complement("momentum") * slope
    let kept = x.narrowed(1 - x.exact("learningRate") * x.exact("decoupledDecay"))
    x.value = x.value * kept - x["learningRate"] * x.states[0].sign()
  }
}
