/// The Pareto distribution; `scipy.stats.pareto`. Its numbers start at `scale`.
public struct ParetoDistribution: Distribution {
  public static let name = "pareto"

  /// The shape, positive.
  public let concentration: NDArray
  /// The least number, positive.
  public let scale: NDArray

  /// - Parameters:
  ///   - concentration: the shape, positive.
  ///   - scale: the least number, positive.
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

  public var mean: NDArray {
    let a = concentration
    return NDArray.where(a .> 1, a * scale / (a - 1), Double.infinity)
  }

  public var variance: NDArray {
    let a = concentration
    let finite = (scale / (a - 1)).squared() * a / (a - 2)
    return NDArray.where(a .> 2, finite, Double.infinity)
  }

  public var entropy: NDArray? { (scale / concentration).log() + 1 + concentration.reciprocal() }

  public func logProbability(_ value: NDArray) -> NDArray {
    value.within(value .>= scale, safe: scale) {
      concentration.log() - concentration * ($0 / scale).log() - $0.log()
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    (NDArray.random.pareto(rows, concentration: concentration, key: key) + 1) * scale
  }
}
