/// The share of labels that are among the classes with the largest scores.
public struct TopKAccuracy: PairMetric, SummingMetric {
  public var sums = [sum([], .int64), sum([], .int64)]
  /// How many classes are looked at.
  public let count: Int

  /// - Parameter count: how many classes are looked at.
  public init(_ count: Int = 5) { self.count = count }

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - scores: `[..., classes]`, floats.
  ///   - labels: `[...]`, integers.
  public mutating func update(
    _ scores: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireClasses("topKAccuracy", scores, labels, at: CallSite(file, line))
    let scores = scores.detached()
    let own = scores.takeAlongAxis(labels.asIndices().expandingDims(at: -1), axis: -1)
    // Of equal scores the earlier class comes first, as in sorting.
    let places = NDArray.arange(scores.shape[-1])
    let isEarlier = places .< labels.cast(to: .int64).expandingDims(at: -1)
    let isAhead = (scores .> own).logicalOr((scores .== own).logicalAnd(isEarlier))
    add((isAhead.cast(to: .int64).sum(axis: -1) .< count).cast(to: .int64))
  }

  /// The share since the last reset; NaN before the first update. Waits.
  public var value: Double { ratio }
}
