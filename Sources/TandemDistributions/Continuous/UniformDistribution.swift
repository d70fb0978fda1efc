/// The uniform distribution between two ends; `scipy.stats.uniform`.
public struct UniformDistribution: Distribution {
  public static let name = "uniform"

  /// The low end.
  public let low: NDArray
  /// The high end, above the low one.
  public let high: NDArray

  /// - Parameters:
  ///   - low: the low end.
  ///   - high: the high end, above the low one.
  public init(
    low: some RandomParameter = 0.0, high: some RandomParameter = 1.0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [low, high], CallSite(file, line)).arrays
    self.low = found[0]
    self.high = found[1]
  }

  public var batchShape: Shape { low.shape }

  public var dtype: DType { low.dtype }

  public var mean: NDArray { (low + high) * 0.5 }

  public var variance: NDArray { (high - low).squared() / 12 }

  public var entropy: NDArray? { (high - low).log() }

  public func logProbability(_ value: NDArray) -> NDArray {
    let inside = (value .>= low) .& (value .<= high)
    return value.within(inside, safe: low) { $0 * 0 - (high - low).log() }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.uniform(rows, from: low, to: high, key: key)
  }
}
