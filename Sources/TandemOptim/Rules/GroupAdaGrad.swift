/// ``AdaGrad`` with one sum for each row, for embeddings:
/// `v = v + mean(g²)` over the row, `p = p − learningRate · g / sqrt(v + epsilon)`.
///
/// - Reference: MXNet's `GroupAdaGrad`, after Duchi, Hazan and Singer, JMLR 2011.
public struct GroupAdaGrad: ComposedOptimizer {
  public static let name = "groupAdaGrad"

  public let numbers: [StateCell]
  public let memory = OptimizerMemory(["sumOfSquares"]) { value in
    let rows = value.shape.array.enumerated().map { $0 == 0 ? $1 : 1 }
    return [.zeros(Shape(rows), dtype: value.dtype)]
  }

  /// - Parameters:
  ///   - learningRate: the length of a step; must not be negative.
  ///   - epsilon: added to the sum; must be positive.
  public init(
    learningRate: Double = 0.01, epsilon: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    numbers = StateCell.numbers(
      of: "GroupAdaGrad", ["learningRate": learningRate],
      positive: ["epsilon": epsilon],
      at: CallSite(file, line))
  }

  public func step(_ x: inout UpdateStep) {
    let axes = Array(1..<max(x.value.rank, 1))
    let square = x.gradient.squared()
    x.states[0] += axes.isEmpty ? square : square.mean(axes: axes, keepDims: true)
    x.value -= x["learningRate"] * x.gradient / (x.states[0] + x["epsilon"]).sqrt()
  }
}
