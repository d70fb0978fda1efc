/// Adam with Nesterov's momentum, which looks one step ahead; the weight decay is added to the
/// gradient, times the parameter.
///
/// The momentum of step `t` is `μ = b1 (1 − 0.96^(t · momentumDecay) / 2)`;
/// `p = p − learningRate · ((1 − μ) / (1 − Πμ) · g + μ' / (1 − Πμ · μ') · m) / (sqrt(v̂) +
/// epsilon)` with `μ'` that of the next step.
///
/// - Reference: Dozat, *Incorporating Nesterov Momentum into Adam*, ICLR workshop 2016.
public struct NAdam: ComposedOptimizer {
  public static let name = "nAdam"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("firstMoment", "secondMoment")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: must not be negative.
  ///   - momentumDecay: how fast the momentum grows; must not be negative.
  public init(
    learningRate: Double = 2e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
    weightDecay: Double = 0, momentumDecay: Double = 4e-3,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "NAdam",
      ["learningRate": learningRate, "weightDecay": weightDecay, "momentumDecay": momentumDecay],
      fractions: ["beta1": beta1, "beta2": beta2],
      positive: ["epsilon": epsilon],
      counts: ["stepCount": 0, "momentum": 0, "nextMomentum": 0, "momentumProduct": 1],
      at: CallSite(file, line))
  }

  public func beginStep() {
    countStep()
    let cells = Dictionary(uniqueKeysWithValues: numbers.map { ($0.name, $0) })
    guard let beta = cells["beta1"]?.value, let decay = cells["momentumDecay"]?.value,
      let step = cells["stepCount"]?.value, let product = cells["momentumProduct"]
    else { return }
    let base = NDArray(0.96, dtype: .float64)
    let momentum = beta * (1 - 0.5 * base.power(step * decay))
    cells["momentum"]?.value = momentum
    cells["nextMomentum"]?.value = beta * (1 - 0.5 * base.power((step + 1) * decay))
    product.value = product.value * momentum
  }

  public func step(_ x: inout UpdateStep) {
    let slope = x.gradient + x["weightDecay"] * x.value
    x.states[0] = x["beta1"] * x.states[0] + x.complement("beta1") * slope
    x.states[1] = x["beta2"] * x.states[1] + x.complement("beta2") * slope.squared()
    let root = (x.states[1] / x.correction("beta2")).sqrt() + x["epsilon"]
    let (momentum, next) = (x.exact("momentum"), x.exact("nextMomentum"))
    let (rate, product) = (x.exact("learningRate"), x.exact("momentumProduct"))
    let now = x.narrowed(rate * (1 - momentum) / (1 - product))
    let ahead = x.narrowed(rate * next / (1 - product * next))
    x.value -= now * slope / root + ahead * x.states[0] / root
  }
}
