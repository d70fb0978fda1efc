import Glibc

/// How many classes a model is undecided between: e to the power of the mean cross-entropy.
public struct Perplexity: PairMetric, SummingMetric {
  public var sums = [sum(), sum([], .int64)]
  /// A label that does not count, as of padding.
  public let ignored: Int?

  /// - Parameter ignored: a label that does not count, as of padding.
  public init(ignoring ignored: Int? = nil) { self.ignored = ignored }

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - scores: `[..., classes]`, logits.
  ///   - labels: `[...]`, integers.
  public mutating func update(
    _ scores: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireClasses("perplexity", scores, labels, at: CallSite(file, line))
    let labels = labels.asIndices()
    let counts = ignored.map { labels .!= $0 } ?? (labels .== labels)
    let losses = softmaxCrossEntropy(
      scores.detached(), labels, ignoring: ignored, file: file, line: line)
    sums[0] += losses.cast(to: .float64).sum()
    sums[1] += counts.cast(to: .int64).sum()
  }

  /// The perplexity since the last reset, at least 1; NaN before the first update. Waits.
  public var value: Double { exp(ratio) }
}
