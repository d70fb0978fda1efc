/// How many of so many trials succeed; `scipy.stats.binom`.
public struct BinomialDistribution: Distribution {
  public static let name = "binomial"

  /// A whole number, not negative.
  public let trials: NDArray
  /// Of success, in `0...1`.
  public let probability: NDArray

  /// - Parameters:
  ///   - trials: a whole number, not negative.
  ///   - probability: of success, in `0...1`.
  public init(
    trials: some RandomParameter, probability: some RandomParameter, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [trials, probability], CallSite(file, line)).arrays
    self.trials = found[0]
    self.probability = found[1]
  }

  public var batchShape: Shape { trials.shape }

  public var dtype: DType { trials.dtype }

  public var mean: NDArray { trials * probability }

  public var variance: NDArray { trials * probability * (1 - probability) }

  public func logProbability(_ value: NDArray) -> NDArray {
    let x = value.cast(to: dtype)
    return x.within(x.isCount .& (x .<= trials), safe: 0) { x in
      let rest = trials - x
      let ways = (trials + 1).logGamma() - (x + 1).logGamma() - (rest + 1).logGamma()
      return ways + x.timesLog(probability) + rest.timesLogOfRest(probability)
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.binomial(
      rows, trials: trials, probability: probability, key: key, dtype: dtype)
  }
}
