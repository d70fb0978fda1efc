/// Sets elements at random to what ``SELU`` makes of large negative numbers, in training, and
/// keeps mean zero and variance one; else does nothing.
///
/// - Input: any shape; `[batch, channels, ...]` if whole channels are dropped. Output: the same.
/// - Reference: Klambauer, Unterthiner, Mayr and Hochreiter, *Self-Normalizing Neural Networks*,
///   arXiv:1706.02515.
public struct AlphaDropout: ReportingLayer {
  /// The probability with which an element is set.
  public let probability: Double
  /// Whether all positions of a channel share one fate.
  public let dropsChannels: Bool

  /// - Parameters:
  ///   - probability: with which an element is set; from 0 to below 1.
  ///   - dropsChannels: whether all positions of a channel share one fate (PyTorch's
  ///     `FeatureAlphaDropout`).
  public init(
    _ probability: Double, dropsChannels: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    requireProbability(probability, of: "AlphaDropout", at: CallSite(file, line))
    (self.probability, self.dropsChannels) = (probability, dropsChannels)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    if dropsChannels, x.rank < 2 { fail("dropout: needs channels: \(x.type)", at: .unknown) }
    guard isTraining, probability > 0 else { return x }
    let low = -1.758_099_340_847_376_6
    let stays = 1 - probability
    let factor = 1 / (stays * (1 + probability * low * low)).squareRoot()
    let channels = x.shape.array.prefix(2) + x.shape.array.dropFirst(2).map { _ in 1 }
    let shape = dropsChannels ? Shape(Array(channels)) : x.shape
    let kept = withDevice(x.device) { NDArray.random.bernoulli(shape, probability: stays) }
    return NDArray.where(kept, x, low) * factor - factor * low * probability
  }
}
