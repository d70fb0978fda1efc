/// Nesterov's accelerated gradient: ``SGD`` with momentum that looks one step ahead,
/// `v = momentum · v + g`, `p = p − learningRate · (g + momentum · v)`.
///
/// - Reference: Nesterov, *A method of solving a convex programming problem with convergence rate
///   O(1/k²)*, 1983; in this form Sutskever, Martens, Dahl and Hinton, ICML 2013.
public struct NAG: Optimizer {
  public static let name = "nag"

  private let rule: SGD

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - momentum: above 0, below 1.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double, momentum: Double = 0.9, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    rule = SGD(
      learningRate: learningRate, momentum: momentum, weightDecay: weightDecay, nesterov: true,
      file: file, line: line)
  }

  public var learningRate: StateCell { rule.learningRate }
  public var numbers: [StateCell] { rule.numbers }
  public var memory: OptimizerMemory { rule.memory }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    rule.update(parameter, with: gradient)
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    rule.update(parameter, with: gradient)
  }
}
