/// One with a probability, else zero; `scipy.stats.bernoulli`.
public struct BernoulliDistribution: Distribution {
  public static let name = "bernoulli"

  /// Of one, in `0...1`.
  public let probability: NDArray
  /// The logarithms of the odds, if the distribution was made from them.
  private let logits: NDArray?

  /// - Parameter probability: of one, in `0...1`.
  public init(
    probability: some RandomParameter, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [probability], CallSite(file, line)).arrays
    self.probability = found[0]
    logits = nil
  }

  public var batchShape: Shape { probability.shape }

  public var dtype: DType { probability.dtype }

  /// The distribution for logarithms of the odds; `torch.distributions.Bernoulli(logits=)`.
  public init(
    logits: some RandomParameter, file: StaticString = #fileID, line: UInt = #line
  ) {
    let found = Parameters(Self.name, [logits], CallSite(file, line)).arrays[0]
    self.probability = found.sigmoid()
    self.logits = found
  }

  public var mean: NDArray { probability }

  public var variance: NDArray { probability * (1 - probability) }

  public var entropy: NDArray? {
    let rest = 1 - probability
    return -(probability.timesLog(probability) + rest.timesLog(rest))
  }

  public func logProbability(_ value: NDArray) -> NDArray {
    let x = value.cast(to: dtype)
    return x.within((x .== 0) .| (x .== 1), safe: 0) { x in
      if let logits { return x * logits - logits.softplus() }
      return x.timesLog(probability) + (1 - x).timesLogOfRest(probability)
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.bernoulli(rows, probability: probability.detached(), key: key, dtype: dtype)
  }
}
