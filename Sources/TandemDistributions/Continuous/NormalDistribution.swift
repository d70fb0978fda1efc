/// The normal distribution; `scipy.stats.norm`.
public struct NormalDistribution: Distribution {
  public static let name = "normal"

  /// The mean.
  public let mean: NDArray
  /// The standard deviation, positive.
  public let deviation: NDArray

  /// - Parameters:
  ///   - mean: the mean.
  ///   - deviation: the standard deviation, positive.
  public init(
    mean: some RandomParameter = 0.0, deviation: some RandomParameter = 1.0,
    file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [mean, deviation], CallSite(file, line)).arrays
    self.mean = found[0]
    self.deviation = found[1]
  }

  public var batchShape: Shape { mean.shape }

  public var dtype: DType { mean.dtype }

  public var variance: NDArray { deviation.squared() }

  public var entropy: NDArray? { deviation.log() + 1.4189385332046727 }

  public func logProbability(_ value: NDArray) -> NDArray {
    let z = (value - mean) / deviation
    return z.squared() * -0.5 - deviation.log() - 0.9189385332046727
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.normal(rows, mean: mean, standardDeviation: deviation, key: key)
  }
}
