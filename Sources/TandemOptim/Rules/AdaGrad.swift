/// AdaGrad: `v = v + g²`, `p = p − learningRate · g / (sqrt(v) + epsilon)`.
///
/// - Reference: Duchi, Hazan and Singer, *Adaptive Subgradient Methods for Online Learning and
///   Stochastic Optimization*, JMLR 2011.
public struct AdaGrad: Optimizer {
  public static let name = "adaGrad"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("sumOfSquares")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: the weight that is added to the gradient, times the parameter.
  public init(
    learningRate: Double = 1e-2, epsilon: Double = 1e-10, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requireNumbers(
      "AdaGrad", ["learningRate": learningRate, "weightDecay": weightDecay], at: site)
    if !(epsilon > 0) { fail("AdaGrad: epsilon must be positive, got \(epsilon)", at: site) }
    numbers = [
      .exact("learningRate", learningRate), .exact("epsilon", epsilon),
      .exact("weightDecay", weightDecay),
    ]
  }

  public var learningRate: StateCell { numbers[0] }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    memory.apply(
      AdaGradUpdate(), to: parameter, gradient: gradient, numbers: numbers.map(\.value))
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    memory.apply(
      AdaGradUpdate(), toRowsOf: parameter, gradient: gradient, numbers: numbers.map(\.value))
  }
}
