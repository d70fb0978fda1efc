/// The exponential distribution; `scipy.stats.expon`. The rate of other libraries is `1 / scale`.
public struct ExponentialDistribution: Distribution {
  public static let name = "exponential"

  /// The mean, positive.
  public let scale: NDArray

  /// - Parameter scale: the mean, positive.
  public init(
    scale: some RandomParameter = 1.0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [scale], CallSite(file, line)).arrays
    self.scale = found[0]
  }

  public var batchShape: Shape { scale.shape }

  public var dtype: DType { scale.dtype }

  public var mean: NDArray { scale }

  public var variance: NDArray { scale.squared() }

  public var entropy: NDArray? { scale.log() + 1 }

  public func logProbability(_ value: NDArray) -> NDArray {
    value.within(value .>= 0, safe: 0) { -($0 / scale) - scale.log() }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.exponential(rows, scale: scale, key: key)
  }
}
