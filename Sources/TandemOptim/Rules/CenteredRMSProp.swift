/// ``RMSProp`` that divides by the deviation from the mean gradient, with momentum:
/// `v = decay · v + (1 − decay) g²`, `m = decay · m + (1 − decay) g`,
/// `b = momentum · b + g / (sqrt(v − m²) + epsilon)`, `p = p − learningRate · b`; the weight decay
/// is added to the gradient, times the parameter.
///
/// - Reference: Graves, *Generating Sequences With Recurrent Neural Networks*, arXiv:1308.0850.
public struct CenteredRMSProp: ComposedOptimizer {
  public static let name = "centeredRMSProp"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("meanSquare", "mean", "velocity")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - decay: how much of the means stays; from 0 to below 1.
  ///   - momentum: from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-2, decay: Double = 0.99, momentum: Double = 0, epsilon: Double = 1e-8,
    weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "CenteredRMSProp", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["decay": decay, "momentum": momentum],
      positive: ["epsilon": epsilon],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[0] = x["decay"] * x.states[0] + x.complement("decay") * slope.squared()
    x.states[1] = x["decay"] * x.states[1] + x.complement("decay") * slope
    let root = (x.states[0] - x.states[1].squared()).sqrt() + x["epsilon"]
    x.states[2] = x["momentum"] * x.states[2] + slope / root
    x.value -= x["learningRate"] * x.states[2]
  }
}
