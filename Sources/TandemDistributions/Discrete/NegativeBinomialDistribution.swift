/// How many trials fail before so many succeed; `scipy.stats.nbinom`. (The probability of PyTorch
/// and MXNet is that of failure, `1 - probability`.)
public struct NegativeBinomialDistribution: Distribution {
  public static let name = "negativeBinomial"

  /// Positive, also with a fraction.
  public let successes: NDArray
  /// Of success, in `0...1` and not zero.
  public let probability: NDArray

  /// - Parameters:
  ///   - successes: positive, also with a fraction.
  ///   - probability: of success, in `0...1` and not zero.
  public init(
    successes: some RandomParameter, probability: some RandomParameter,
    file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [successes, probability], CallSite(file, line)).arrays
    self.successes = found[0]
    self.probability = found[1]
  }

  public var batchShape: Shape { successes.shape }

  public var dtype: DType { successes.dtype }

  public var mean: NDArray { successes * (1 - probability) / probability }

  public var variance: NDArray { successes * (1 - probability) / probability.squared() }

  public func logProbability(_ value: NDArray) -> NDArray {
    let x = value.cast(to: dtype)
    return x.within(x.isCount, safe: 0) { x in
      let ways = (x + successes).logGamma() - (x + 1).logGamma() - successes.logGamma()
      return ways + successes * probability.log() + x.timesLogOfRest(probability)
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.negativeBinomial(
      rows, successes: successes, probability: probability, key: key, dtype: dtype)
  }
}
