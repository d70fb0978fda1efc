/// How a token is chosen by its scores.
///
/// Scores that the limits leave are divided by the temperature; of their softmax one is drawn. The
/// draw takes a tick of the thread's ``RandomState``: a seed gives the same tokens each time.
public struct Sampling: Sendable {
  /// What scores are divided by; 0 takes the best.
  public let temperature: Double
  /// How many of the best remain; all if `nil`.
  public let topK: Int?
  /// The best remain until their probabilities add up to this; all if `nil`.
  public let topP: Double?

  /// - Parameters:
  ///   - temperature: what scores are divided by; 0 takes the best.
  ///   - topK: how many of the best remain; those that are as good as the last remain, too.
  ///   - topP: the best remain until their probabilities, at this temperature, add up to this; in
  ///     0...1. Holtzman et al., *The Curious Case of Neural Text Degeneration*, arXiv:1904.09751.
  public init(
    temperature: Double = 1, topK: Int? = nil, topP: Double? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["topK": topK ?? 1], of: "Sampling", at: site)
    if !(temperature >= 0) {
      fail("Sampling: temperature must not be negative, got \(temperature)", at: site)
    }
    if let topP, !(topP > 0 && topP <= 1) {
      fail("Sampling: topP must be above 0 and at most 1, got \(topP)", at: site)
    }
    (self.temperature, self.topK, self.topP) = (temperature, topK, topP)
  }

  /// The best token.
  public static let best = Sampling(temperature: 0)

  /// The chosen tokens, `[...]`, int64.
  ///
  /// - Parameter scores: `[..., vocabulary]`.
  public func callAsFunction(
    _ scores: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard scores.rank > 0, scores.shape[-1] > 0 else {
      fail("sampling: needs [..., vocabulary]: \(scores.type)", at: CallSite(file, line))
    }
    if temperature == 0 { return scores.argMax(axis: -1) }
    let left = limited(scores)
    let noise = withDevice(scores.device) {
      NDArray.random.gumbel(scores.shape, dtype: left.dtype)
    }
    return (left + noise).argMax(axis: -1)
  }

  /// Scores divided by the temperature; those that the limits exclude are minus infinity.
  public func limited(_ scores: NDArray) -> NDArray {
    var left = scores.cast(to: scores.dtype.accumulating) / temperature
    let count = left.shape[-1]
    if let topK, topK < count {
      let last = left.topK(topK).values.sliced(axis: -1, from: topK - 1)
      left = .where(left .>= last, left, -Double.infinity)
    }
    if let topP, topP < 1 {
      let sorted = left.sorted(descending: true)
      let parts = sorted.softmax(axis: -1)
      let before = parts.cumulativeSum(axis: -1) - parts
      // The first always remains: nothing is before it.
      let last = NDArray.where(before .< topP, sorted, Double.infinity)
        .min(axis: -1, keepDims: true)
      left = .where(left .>= last, left, -Double.infinity)
    }
    return left
  }
}
