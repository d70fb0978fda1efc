/// Adam whose mean square changes by a bounded amount:
/// `v = v − (1 − b2) · sign(v − g²) · g²`; the weight decay is added to the gradient, times the
/// parameter. Both moments start at 1e-6.
///
/// - Reference: Zaheer et al., *Adaptive Methods for Nonconvex Optimization*, NeurIPS 2018.
public struct Yogi: ComposedOptimizer {
  public static let name = "yogi"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory(["firstMoment", "secondMoment"]) {
    [.full($0.shape, 1e-6, dtype: $0.dtype), .full($0.shape, 1e-6, dtype: $0.dtype)]
  }

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-2, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-3,
    weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "Yogi", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    let square = slope.squared()
    x.states[0] = x["beta1"] * x.states[0] + x.complement("beta1") * slope
    x.states[1] -= x.complement("beta2") * (x.states[1] - square).sign() * square
    let root = (x.states[1] / x.correction("beta2")).sqrt()
    x.value -= x["learningRate"] * (x.states[0] / x.correction("beta1")) / (root + x["epsilon"])
  }
}
