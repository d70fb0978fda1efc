/// Follow the regularized leader, which makes weights exactly zero: for sparse linear models.
///
/// `z = z + g − (sqrt(n + g²) − sqrt(n)) / learningRate · p`, `n = n + g²`, and `p` is zero where
/// `|z| ≤ l1`, else `(sign(z) · l1 − z) / ((beta + sqrt(n)) / learningRate + weightDecay)`.
///
/// - Reference: McMahan et al., *Ad Click Prediction: a View from the Trenches*, KDD 2013.
public struct Ftrl: ComposedOptimizer {
  public static let name = "ftrl"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("linear", "sumOfSquares")

  /// - Parameters:
  ///   - learningRate: must be positive.
  ///   - l1: how large a sum of gradients leaves a weight zero; must not be negative.
  ///   - beta: makes the first steps shorter; must not be negative.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 0.1, l1: Double = 0.01, beta: Double = 1, weightDecay: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "Ftrl",
      ["learningRate": learningRate, "l1": l1, "beta": beta, "weightDecay": weightDecay],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let (rate, l1) = (x["learningRate"], x["l1"])
    let sum = x.states[1] + x.gradient.squared()
    let root = sum.sqrt()
    x.states[0] += x.gradient - (root - x.states[1].sqrt()) / rate * x.value
    x.states[1] = sum
    let z = x.states[0]
    let next = (z.sign() * l1 - z) / ((x["beta"] + root) / rate + x["weightDecay"])
    x.value = NDArray.where(z.abs() .> l1, next, 0)
  }
}
