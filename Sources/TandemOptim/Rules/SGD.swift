/// Stochastic gradient descent, with momentum: `v = momentum · v + g`, `p = p − learningRate · v`.
///
/// - Reference: Sutskever, Martens, Dahl and Hinton, *On the importance of initialization and
///   momentum in deep learning*, ICML 2013.
public struct SGD: Optimizer {
  public static let name = "sgd"

  /// The length of a step.
  public let learningRate: StateCell
  /// How much of the last step's velocity stays; `nil` if the rule was made without momentum.
  public let momentum: StateCell?
  /// The weight that is added to the gradient, times the parameter.
  public let weightDecay: StateCell
  public let memory: OptimizerMemory
  private let nesterov: Bool

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - momentum: from 0 to below 1; with 0 no velocity is kept.
  ///   - weightDecay: must not be negative.
  ///   - nesterov: whether to look one step ahead; needs momentum.
  public init(
    learningRate: Double, momentum: Double = 0, weightDecay: Double = 0, nesterov: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    guard learningRate >= 0, learningRate.isFinite else {
      fail("SGD: learningRate must be finite and not negative, got \(learningRate)", at: site)
    }
    guard (0..<1).contains(momentum) else {
      fail("SGD: momentum must be in 0..<1, got \(momentum)", at: site)
    }
    guard weightDecay >= 0, weightDecay.isFinite else {
      fail("SGD: weightDecay must be finite and not negative, got \(weightDecay)", at: site)
    }
    guard momentum > 0 || !nesterov else { fail("SGD: nesterov needs momentum", at: site) }
    self.learningRate = StateCell("learningRate", learningRate)
    self.momentum = momentum > 0 ? StateCell("momentum", momentum) : nil
    self.weightDecay = StateCell("weightDecay", weightDecay)
    self.nesterov = nesterov
    self.memory = momentum > 0 ? OptimizerMemory("velocity") : OptimizerMemory()
  }

  public var numbers: [StateCell] {
    [learningRate] + (momentum.map { [$0] } ?? []) + [weightDecay]
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    let numbers = numbers.map(\.value)
    if momentum == nil {
      memory.apply(SGDUpdate(), to: parameter, gradient: gradient, numbers: numbers)
    } else {
      memory.apply(
        SGDMomentumUpdate(nesterov: nesterov), to: parameter, gradient: gradient,
        numbers: numbers)
    }
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    let numbers = numbers.map(\.value)
    if momentum == nil {
      memory.apply(SGDUpdate(), toRowsOf: parameter, gradient: gradient, numbers: numbers)
    } else {
      memory.apply(
        SGDMomentumUpdate(nesterov: nesterov), toRowsOf: parameter, gradient: gradient,
        numbers: numbers)
    }
  }
}
