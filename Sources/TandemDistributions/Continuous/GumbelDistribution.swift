/// The Gumbel distribution of maxima; `scipy.stats.gumbel_r`.
public struct GumbelDistribution: Distribution {
  public static let name = "gumbel"

  /// The mode.
  public let location: NDArray
  /// The width, positive.
  public let scale: NDArray

  /// - Parameters:
  ///   - location: the mode.
  ///   - scale: the width, positive.
  public init(
    location: some RandomParameter = 0.0, scale: some RandomParameter = 1.0,
    file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [location, scale], CallSite(file, line)).arrays
    self.location = found[0]
    self.scale = found[1]
  }

  public var batchShape: Shape { location.shape }

  public var dtype: DType { location.dtype }

  public var mean: NDArray { location + scale * 0.5772156649015329 }

  public var variance: NDArray { scale.squared() * 1.6449340668482264 }

  public var entropy: NDArray? { scale.log() + 1.5772156649015329 }

  public func logProbability(_ value: NDArray) -> NDArray {
    let z = (value - location) / scale
    return -(z + (-z).exp()) - scale.log()
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.gumbel(rows, location: location, scale: scale, key: key)
  }
}
