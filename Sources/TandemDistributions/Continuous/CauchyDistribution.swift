/// The Cauchy distribution, which has no mean; `scipy.stats.cauchy`.
public struct CauchyDistribution: Distribution {
  public static let name = "cauchy"

  /// The centre.
  public let location: NDArray
  /// The width, positive.
  public let scale: NDArray

  /// - Parameters:
  ///   - location: the centre.
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

  public var mean: NDArray { unknown }

  public var variance: NDArray { unknown }

  public var entropy: NDArray? { (scale * 12.566370614359172).log() }

  public func logProbability(_ value: NDArray) -> NDArray {
    let z = (value - location) / scale
    return -z.squared().log1p() - (scale * Double.pi).log()
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.cauchy(rows, location: location, scale: scale, key: key)
  }
}
