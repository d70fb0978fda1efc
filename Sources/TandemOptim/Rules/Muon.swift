/// Momentum whose step of a matrix is made orthogonal, by five steps of Newton and Schulz: for the
/// matrices inside of a network. Give embeddings, heads, biases and norms another rule, as
/// ``AdamW``; see ``ParameterGroups``.
///
/// `v = momentum · v + (1 − momentum) g`, `o` the orthogonal factor of `(1 − momentum) g + momentum
/// · v`, `p = p · (1 − learningRate · weightDecay) − learningRate · sqrt(max(1, rows / columns)) ·
/// o`. Axes after the first count as one. PyTorch iterates in bfloat16, here it is float32.
///
/// - Reference: Jordan et al., *Muon: An optimizer for hidden layers in neural networks*, 2024.
public struct Muon: ComposedOptimizer {
  public static let name = "muon"
  public static let isElementwise = false

  public let numbers: [StateCell]
  public let memory = OptimizerMemory("velocity")

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - momentum: from 0 to below 1.
  ///   - weightDecay: must not be negative.
  public init(
    learningRate: Double = 1e-3, momentum: Double = 0.95, weightDecay: Double = 0.1,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "Muon", ["learningRate": learningRate, "weightDecay": weightDecay],
      fractions: ["momentum": momentum], at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let shape = x.value.shape
    guard shape.rank >= 2 else {
      fail("muon: needs a matrix, give this parameter another rule: \(x.value.type)", at: .unknown)
    }
    let fresh = x.complement("momentum")
    x.states[0] = x["momentum"] * x.states[0] + fresh * x.gradient
    let ahead = fresh * x.gradient + x["momentum"] * x.states[0]
    let rows = shape[0]
    let matrix = ahead.reshaped([rows, ahead.count / max(rows, 1)])
    let ratio = max(1, Double(rows) / Double(max(matrix.shape[1], 1))).squareRoot()
    x.decay()
    x.value -= x.narrowed(x.exact("learningRate") * ratio) * orthogonal(matrix).reshaped(shape)
  }

  /// A matrix with the singular vectors of `matrix` and singular values near one.
  private func orthogonal(_ matrix: NDArray) -> NDArray {
    let isTall = matrix.shape[0] > matrix.shape[1]
    var x = isTall ? matrix.matrixTransposed() : matrix
    x = x / x.length.maximum(1e-7)
    for _ in 0..<5 {
      let gram = x.matmul(x.matrixTransposed())
      x = 3.4445 * x + (-4.775 * gram + 2.0315 * gram.matmul(gram)).matmul(x)
    }
    return isTall ? x.matrixTransposed() : x
  }
}
