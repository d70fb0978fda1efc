/// Steps in the units of the parameter: `v = decay · v + (1 − decay) g²`,
/// `d = sqrt(u + epsilon) / sqrt(v + epsilon) · g`, `u = decay · u + (1 − decay) d²`,
/// `p = p − learningRate · d`; the weight decay is added to the gradient, times the parameter.
///
/// - Reference: Zeiler, *ADADELTA: An Adaptive Learning Rate Method*, arXiv:1212.5701.
public struct AdaDelta: ComposedOptimizer {
  public static let name = "adaDelta"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("meanSquare", "meanStep")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - decay: how much of the means stays; from 0 to below 1.
  ///   - epsilon: added to the means; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1, decay: Double = 0.9, epsilon: Double = 1e-6, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "AdaDelta", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["decay": decay],
      positive: ["epsilon": epsilon],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[0] = x["decay"] * x.states[0] + x.complement("decay") * slope.squared()
    let root = (x.states[0] + x["epsilon"]).sqrt()
    let change = (x.states[1] + x["epsilon"]).sqrt() / root * slope
    x.states[1] = x["decay"] * x.states[1] + x.complement("decay") * change.squared()
    x.value -= x["learningRate"] * change
  }
}
