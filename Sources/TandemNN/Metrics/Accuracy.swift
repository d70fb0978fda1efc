/// The share of predictions that are right.
public struct Accuracy: Sendable {
  private var correct = NDArray(0, dtype: .int64)
  private var total = 0

  public init() {}

  /// Counts a batch; does not wait for it.
  ///
  /// - Parameters:
  ///   - scores: `[batch, classes]`; the largest is the prediction.
  ///   - labels: `[batch]`, integers.
  public mutating func update(
    _ scores: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    guard scores.rank == 2, labels.shape == [scores.shape[0]] else {
      fail(
        "accuracy: needs [batch, classes] and [batch]: \(scores.type), \(labels.type)",
        at: CallSite(file, line))
    }
    let predicted = scores.detached().argMax(axis: 1)
    correct += (predicted .== labels.cast(to: .int64)).sum()
    total += labels.count
  }

  /// The share since the last reset, 0 to 1; NaN before the first update. Waits for what was
  /// counted.
  public var value: Double { Double(correct.item()) / Double(total) }

  /// Begins anew.
  public mutating func reset() { self = Accuracy() }
}
