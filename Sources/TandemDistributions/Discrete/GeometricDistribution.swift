/// How many trials fail before one succeeds, from zero; `torch.distributions.Geometric`, MXNet's
/// `Geometric`. SciPy's `geom` and `NDArray.random.geometric` count the success, too.
public struct GeometricDistribution: Distribution {
  public static let name = "geometric"

  /// Of success, in `0...1` and not zero.
  public let probability: NDArray

  /// - Parameter probability: of success, in `0...1` and not zero.
  public init(
    probability: some RandomParameter, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [probability], CallSite(file, line)).arrays
    self.probability = found[0]
  }

  public var batchShape: Shape { probability.shape }

  public var dtype: DType { probability.dtype }

  public var mean: NDArray { (1 - probability) / probability }

  public var variance: NDArray { (1 - probability) / probability.squared() }

  public var entropy: NDArray? {
    let (p, rest) = (probability, 1 - probability)
    return -(p.timesLog(p) + rest.timesLog(rest)) / p
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    let x = value.cast(to: dtype)
    return x.within(x.isCount, safe: 0) { $0.timesLogOfRest(probability) + probability.log() }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.geometric(rows, probability: probability, key: key, dtype: dtype) - 1
  }
}
