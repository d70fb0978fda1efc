/// Momentum whose learning rate of each parameter follows the parameter's length: for large
/// batches.
///
/// `rate = learningRate · trust · ‖p‖ / (‖g‖ + weightDecay · ‖p‖ + epsilon)`, or the learning rate
/// alone where a norm is zero; `v = momentum · v − rate · (g + weightDecay · p)`, `p = p + v`. Give
/// biases and scales of norms a rule of their own; see ``ParameterGroups``.
///
/// - Reference: You, Gitman and Ginsburg, *Large Batch Training of Convolutional Networks*,
///   arXiv:1708.03888.
public struct LARS: ComposedOptimizer {
  public static let name = "lars"
  public static let isElementwise = false

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("velocity")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - momentum: from 0 to below 1.
  ///   - trust: how long a step may be in relation to the parameter; must be positive.
  ///   - epsilon: added to the norms; must not be negative.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 0.1, momentum: Double = 0.9, trust: Double = 1e-3, epsilon: Double = 0,
    weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "LARS", ["learningRate": learningRate, "weightDecay": weightDecay, "epsilon": epsilon],
      fractions: ["momentum": momentum],
      positive: ["trust": trust],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let (size, steepness) = (x.value.length, x.gradient.length)
    let scaled = x["trust"] * size / (steepness + x["weightDecay"] * size + x["epsilon"])
    let isUsed = (size .> 0).logicalAnd(steepness .> 0)
    let rate = x["learningRate"] * NDArray.where(isUsed, scaled, 1)
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[0] = x["momentum"] * x.states[0] - rate * slope
    x.value += x.states[0]
  }
}
