/// The Weibull distribution; `scipy.stats.weibull_min`.
public struct WeibullDistribution: Distribution {
  public static let name = "weibull"

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

  public var mean: NDArray { scale * (concentration.reciprocal() + 1).gamma() }

  public var variance: NDArray {
    let inverse = concentration.reciprocal()
    let first = (inverse + 1).gamma()
    return scale.squared() * ((inverse * 2 + 1).gamma() - first.squared())
  }

  public var entropy: NDArray? {
    let euler: Double = 0.5772156649015329
    return (scale / concentration).log() - (concentration.reciprocal() - 1) * euler + 1
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    value.within(value .> 0, safe: scale) {
      let logarithm = ($0 / scale).log()
      let power = (logarithm * concentration).exp()
      return (concentration / scale).log() + (concentration - 1) * logarithm - power
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.weibull(rows, concentration: concentration, scale: scale, key: key)
  }
}
