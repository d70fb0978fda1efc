/// The share of predictions that are right.
public struct Accuracy: PairMetric, SummingMetric {
  public var sums = [sum([], .int64), sum([], .int64)]

  public init() {}

  /// Counts a batch; does not wait for it.
  ///
  /// - Parameters:
  ///   - scores: `[batch, classes]`; the largest is the prediction.
  ///   - labels: `[batch]`, integers.
  public mutating func update(
    _ scores: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    let types = "\(scores.type), \(labels.type)"
    guard scores.rank == 2, labels.shape == [scores.shape[0]] else {
      fail("accuracy: needs [batch, classes] and [batch]: \(types)", at: site)
    }
    guard labels.dtype.isInteger else {
      fail("accuracy: labels need integers: \(types)", at: site)
    }
    let predicted = scores.detached().argMax(axis: 1, file: file, line: line)
    add((predicted .== labels.cast(to: .int64)).cast(to: .int64))
  }

  /// The share since the last reset, 0 to 1; NaN before the first update. Waits for what was
  /// counted.
  public var value: Double { ratio }
}
