/// Adam, and with decoupled weight decay ``AdamW``.
///
/// `m = b1 m + (1 − b1) g`, `v = b2 v + (1 − b2) g²`,
/// `p = p − learningRate · (m / (1 − b1ᵗ)) / (sqrt(v / (1 − b2ᵗ)) + epsilon)`; the weight decay is
/// added to the gradient, times the parameter.
///
/// - Reference: Kingma and Ba, *Adam: A Method for Stochastic Optimization*, arXiv:1412.6980.
public struct Adam: Optimizer {
  public static let name = "adam"

  private let state: AdamState

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    state = AdamState(
      "Adam", [learningRate, beta1, beta2, epsilon, weightDecay], at: CallSite(file, line))
  }

  public var learningRate: StateCell { state.numbers[0] }
  public var numbers: [StateCell] { state.all }
  public var memory: OptimizerMemory { state.memory }

  public func beginStep() { state.beginStep() }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    state.update(parameter, with: gradient, AdamUpdate(decouplesWeightDecay: false))
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    state.update(parameter, with: gradient, AdamUpdate(decouplesWeightDecay: false))
  }
}

/// Adam with weight decay that acts on the parameter itself: before the step it is multiplied by
/// `1 − learningRate · weightDecay`.
///
/// - Reference: Loshchilov and Hutter, *Decoupled Weight Decay Regularization*, arXiv:1711.05101.
public struct AdamW: Optimizer {
  public static let name = "adamW"

  private let state: AdamState

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - beta1: how much of the mean gradient stays; from 0 to below 1.
  ///   - beta2: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0.01, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    state = AdamState(
      "AdamW", [learningRate, beta1, beta2, epsilon, weightDecay], at: CallSite(file, line))
  }

  public var learningRate: StateCell { state.numbers[0] }
  public var numbers: [StateCell] { state.all }
  public var memory: OptimizerMemory { state.memory }

  public func beginStep() { state.beginStep() }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    state.update(parameter, with: gradient, AdamUpdate(decouplesWeightDecay: true))
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    state.update(parameter, with: gradient, AdamUpdate(decouplesWeightDecay: true))
  }
}

/// What both rules hold: numbers, the count of steps and the moments.
private struct AdamState: Sendable {
  /// Rate, decay rates, epsilon and weight decay; float64, so that `1 − b` is exact enough.
  let numbers: [StateCell]
  /// Steps begun, `1 − b1ᵗ` and `1 − b2ᵗ`.
  let counts: [StateCell]
  let memory = OptimizerMemory("firstMoment", "secondMoment")

  var all: [StateCell] { numbers + counts }

  init(_ rule: String, _ values: [Double], at site: CallSite) {
    let names = ["learningRate", "beta1", "beta2", "epsilon", "weightDecay"]
    requireNumbers(rule, ["learningRate": values[0], "weightDecay": values[4]], at: site)
    requireFractions(rule, ["beta1": values[1], "beta2": values[2]], at: site)
    if !(values[3] > 0) { fail("\(rule): epsilon must be positive, got \(values[3])", at: site) }
    numbers = zip(names, values).map { .exact($0, $1) }
    counts = ["stepCount", "firstCorrection", "secondCorrection"].map { .exact($0, 0) }
  }

  func beginStep() {
    let step = counts[0].value + 1
    counts[0].value = step
    for index in 1...2 { counts[index].value = 1 - numbers[index].value.power(step) }
  }

  func update(_ parameter: Parameter, with gradient: RowSparseArray, _ rule: AdamUpdate) {
    memory.apply(
      rule, toRowsOf: parameter, gradient: gradient,
      numbers: numbers.map(\.value) + counts.dropFirst().map(\.value))
  }

  func update(_ parameter: Parameter, with gradient: NDArray, _ rule: AdamUpdate) {
    memory.apply(
      rule, to: parameter, gradient: gradient,
      numbers: numbers.map(\.value) + counts.dropFirst().map(\.value))
  }
}
