import TandemShapes

/// The number of a category, `0..<k`, int64; `torch.distributions.Categorical`.
///
/// It has neither mean nor variance: categories are no quantities.
public struct CategoricalDistribution: Distribution {
  public static let name = "categorical"

  /// Logarithms of the probabilities, `[batch..., k]`, which add up to one.
  public let logProbabilities: NDArray

  /// - Parameter logits: `[batch..., k]`, logarithms of weights.
  public init(logits: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    logits.requireAxes(1, Self.name, CallSite(file, line))
    logProbabilities = logits.cast(to: logits.dtype.floating).logSoftmax(axis: -1)
  }

  /// - Parameter probabilities: `[batch..., k]`, not negative; divided by their sum.
  public init(probabilities: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    probabilities.requireAxes(1, Self.name, CallSite(file, line))
    let floats = probabilities.cast(to: probabilities.dtype.floating)
    logProbabilities = (floats / floats.sum(axis: -1, keepDims: true)).log()
  }

  /// The probabilities, `[batch..., k]`.
  public var probabilities: NDArray { logProbabilities.exp() }

  /// How many categories there are.
  public var categoryCount: Int { logProbabilities.shape[-1] }

  public var batchShape: Shape { logProbabilities.shape.dropLast() }

  public var dtype: DType { logProbabilities.dtype }

  public var mean: NDArray { unknown }

  public var variance: NDArray { unknown }

  public var entropy: NDArray? {
    let p = probabilities
    return -p.timesLog(p).sum(axis: -1)
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    let categories = NDArray.arange(categoryCount).cast(to: value.dtype)
    let isDrawn = value.expandingDims(at: -1) .== categories  // [..., k]
    let found = NDArray.where(isDrawn, logProbabilities, 0.0).sum(axis: -1)
    return NDArray.where(isDrawn.any(axis: -1), found, -Double.infinity)
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.categorical(logits: logProbabilities.detached(), rows, key: key)
  }
}
