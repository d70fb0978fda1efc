import TandemShapes

/// A category as a vector with a one at its place; `torch.distributions.OneHotCategorical`.
public struct OneHotCategoricalDistribution: Distribution {
  public static let name = "oneHotCategorical"

  /// The distribution of the category's number.
  public let categorical: CategoricalDistribution

  /// - Parameter logits: `[batch..., k]`, logarithms of weights.
  public init(logits: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    categorical = CategoricalDistribution(logits: logits, file: file, line: line)
  }

  /// - Parameter probabilities: `[batch..., k]`, not negative; divided by their sum.
  public init(probabilities: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    categorical = CategoricalDistribution(probabilities: probabilities, file: file, line: line)
  }

  public var batchShape: Shape { categorical.batchShape }

  public var eventShape: Shape { [categorical.categoryCount] }

  public var dtype: DType { categorical.dtype }

  public var mean: NDArray { categorical.probabilities }

  public var variance: NDArray { mean * (1 - mean) }

  public var entropy: NDArray? { categorical.entropy }

  public func logProbability(_ value: NDArray) -> NDArray {
    let x = value.cast(to: dtype)
    let isVector = ((x .== 0) .| (x .== 1)).all(axis: -1) .& (x.sum(axis: -1) .== 1)
    let found = NDArray.where(x .== 1, categorical.logProbabilities, 0.0).sum(axis: -1)
    return NDArray.where(isVector, found, -Double.infinity)
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    let numbers = categorical.draw(rows, key: key).expandingDims(at: -1)
    return (numbers .== NDArray.arange(categorical.categoryCount)).cast(to: dtype)
  }
}
