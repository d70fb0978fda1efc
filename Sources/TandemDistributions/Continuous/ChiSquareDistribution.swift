/// The chi-square distribution; `scipy.stats.chi2`.
public struct ChiSquareDistribution: Distribution {
  public static let name = "chiSquare"

  /// Positive.
  public let degreesOfFreedom: NDArray

  /// - Parameter degreesOfFreedom: positive.
  public init(
    degreesOfFreedom: some RandomParameter, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [degreesOfFreedom], CallSite(file, line)).arrays
    self.degreesOfFreedom = found[0]
  }

  public var batchShape: Shape { degreesOfFreedom.shape }

  public var dtype: DType { degreesOfFreedom.dtype }

  /// The gamma distribution that it is.
  public var gamma: GammaDistribution {
    GammaDistribution(concentration: degreesOfFreedom * 0.5, scale: 2.0)
  }

  public var mean: NDArray { degreesOfFreedom }

  public var variance: NDArray { degreesOfFreedom * 2 }

  public var entropy: NDArray? { gamma.entropy }

  public func logProbability(_ value: NDArray) -> NDArray { gamma.logProbability(value) }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.chiSquare(rows, degreesOfFreedom: degreesOfFreedom, key: key)
  }
}
