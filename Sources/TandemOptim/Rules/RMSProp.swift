/// RMSProp: `v = decay · v + (1 − decay) · g²`, `p = p − learningRate · g / (sqrt(v) + epsilon)`.
///
/// - Reference: Tieleman and Hinton, *Lecture 6.5: RMSProp*, Coursera, 2012.
public struct RMSProp: Optimizer {
  public static let name = "rmsProp"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("meanSquare")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - decay: how much of the mean square stays; from 0 to below 1.
  ///   - epsilon: added to the root; must be positive.
  ///   - weightDecay: the weight that is added to the gradient, times the parameter.
  public init(
    learningRate: Double = 1e-2, decay: Double = 0.99, epsilon: Double = 1e-8,
    weightDecay: Double = 0, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requireNumbers(
      "RMSProp", ["learningRate": learningRate, "weightDecay": weightDecay], at: site)
    requireFractions("RMSProp", ["decay": decay], at: site)
    if !(epsilon > 0) { fail("RMSProp: epsilon must be positive, got \(epsilon)", at: site) }
    numbers = [
      .exact("learningRate", learningRate), .exact("decay", decay), .exact("epsilon", epsilon),
      .exact("weightDecay", weightDecay),
    ]
  }

  public var learningRate: StateCell { numbers[0] }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: NDArray) {
    memory.apply(
      RMSPropUpdate(), to: parameter, gradient: gradient, numbers: numbers.map(\.value))
  }

  @_disfavoredOverload
  public func update(_ parameter: Parameter, with gradient: RowSparseArray) {
    memory.apply(
      RMSPropUpdate(), toRowsOf: parameter, gradient: gradient, numbers: numbers.map(\.value))
  }
}
