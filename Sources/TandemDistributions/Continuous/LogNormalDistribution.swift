/// The distribution of a number whose logarithm is normal; `scipy.stats.lognorm` with `s` the
/// deviation and `scale` the exponential of the location.
public struct LogNormalDistribution: Distribution {
  public static let name = "logNormal"

  /// The mean of the logarithm.
  public let location: NDArray
  /// The standard deviation of the logarithm, positive.
  public let deviation: NDArray

  /// - Parameters:
  ///   - location: the mean of the logarithm.
  ///   - deviation: the standard deviation of the logarithm, positive.
  public init(
    location: some RandomParameter = 0.0, deviation: some RandomParameter = 1.0,
    file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [location, deviation], CallSite(file, line)).arrays
    self.location = found[0]
    self.deviation = found[1]
  }

  public var batchShape: Shape { location.shape }

  public var dtype: DType { location.dtype }

  public var mean: NDArray { (location + deviation.squared() * 0.5).exp() }

  public var variance: NDArray {
    let square = deviation.squared()
    return square.expm1() * (location * 2 + square).exp()
  }

  public var entropy: NDArray? { location + deviation.log() + 1.4189385332046727 }

  public func logProbability(_ value: NDArray) -> NDArray {
    value.within(value .> 0, safe: 1) { value in
      let logarithm = value.log()
      let z = (logarithm - location) / deviation
      return z.squared() * -0.5 - deviation.log() - 0.9189385332046727 - logarithm
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.logNormal(rows, mean: location, standardDeviation: deviation, key: key)
  }
}
