/// The Laplace distribution, exponential on both sides; `scipy.stats.laplace`.
public struct LaplaceDistribution: Distribution {
  public static let name = "laplace"

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

  public var mean: NDArray { location }

  public var variance: NDArray { scale.squared() * 2 }

  public var entropy: NDArray? { (scale * 2).log() + 1 }

  public func logProbability(_ value: NDArray) -> NDArray {
    -((value - location).abs() / scale) - (scale * 2).log()
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.laplace(rows, location: location, scale: scale, key: key)
  }
}
