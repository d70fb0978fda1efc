/// The Poisson distribution; `scipy.stats.poisson`.
public struct PoissonDistribution: Distribution {
  public static let name = "poisson"

  /// How many events are expected, not negative.
  public let mean: NDArray

  /// - Parameter mean: how many events are expected, not negative.
  public init(
    mean: some RandomParameter, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [mean], CallSite(file, line)).arrays
    self.mean = found[0]
  }

  public var batchShape: Shape { mean.shape }

  public var dtype: DType { mean.dtype }

  public var variance: NDArray { mean }

  public func logProbability(_ value: NDArray) -> NDArray {
    let x = value.cast(to: dtype)
    return x.within(x.isCount, safe: 0) { $0.timesLog(mean) - mean - ($0 + 1).logGamma() }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.poisson(rows, mean: mean, key: key, dtype: dtype)
  }
}
