/// The gamma distribution; `scipy.stats.gamma`. The rate of other libraries is `1 / scale`.
public struct GammaDistribution: Distribution {
  public static let name = "gamma"

  /// The shape, positive.
  public let concentration: NDArray
  /// The width, positive.
  public let scale: NDArray

  /// - Parameters:
  ///   - concentration: the shape, positive.
  ///   - scale: the width, positive.
  public init(
    concentration: some RandomParameter, scale: some RandomParameter = 1.0,
    file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [concentration, scale], CallSite(file, line)).arrays
    self.concentration = found[0]
    self.scale = found[1]
  }

  public var batchShape: Shape { concentration.shape }

  public var dtype: DType { concentration.dtype }

  public var mean: NDArray { concentration * scale }

  public var variance: NDArray { concentration * scale.squared() }

  public var entropy: NDArray? {
    let a = concentration
    return a + scale.log() + a.logGamma() + (1 - a) * a.digamma()
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    value.within(value .>= 0, safe: 1) {
      let z = $0 / scale
      return (concentration - 1).timesLog(z) - z - concentration.logGamma() - scale.log()
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.gamma(rows, concentration: concentration, scale: scale, key: key)
  }
}
