/// Student's t distribution; `scipy.stats.t`.
public struct StudentTDistribution: Distribution {
  public static let name = "studentT"

  /// Positive.
  public let degreesOfFreedom: NDArray
  /// The centre.
  public let location: NDArray
  /// The width, positive.
  public let scale: NDArray

  /// - Parameters:
  ///   - degreesOfFreedom: positive.
  ///   - location: the centre.
  ///   - scale: the width, positive.
  public init(
    degreesOfFreedom: some RandomParameter, location: some RandomParameter = 0.0,
    scale: some RandomParameter = 1.0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [degreesOfFreedom, location, scale], CallSite(file, line))
      .arrays
    self.degreesOfFreedom = found[0]
    self.location = found[1]
    self.scale = found[2]
  }

  public var batchShape: Shape { degreesOfFreedom.shape }

  public var dtype: DType { degreesOfFreedom.dtype }

  public var mean: NDArray { NDArray.where(degreesOfFreedom .> 1, location, Double.nan) }

  public var variance: NDArray {
    let n = degreesOfFreedom
    let finite = scale.squared() * n / (n - 2)
    let infinite = NDArray.where(n .> 1, n * 0 + Double.infinity, Double.nan)
    return NDArray.where(n .> 2, finite, infinite)
  }

  public var entropy: NDArray? {
    let (half, next) = (degreesOfFreedom * 0.5, (degreesOfFreedom + 1) * 0.5)
    return next * (next.digamma() - half.digamma()) - logNorm
  }

  /// The logarithm of the density at the centre.
  private var logNorm: NDArray {
    let (half, next) = (degreesOfFreedom * 0.5, (degreesOfFreedom + 1) * 0.5)
    let root = (degreesOfFreedom * Double.pi).log() * 0.5
    return next.logGamma() - half.logGamma() - root - scale.log()
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    let z = (value - location) / scale
    let next = (degreesOfFreedom + 1) * 0.5
    return logNorm - next * (z.squared() / degreesOfFreedom).log1p()
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    let z = NDArray.random.studentT(rows, degreesOfFreedom: degreesOfFreedom, key: key)
    return location + scale * z
  }
}
