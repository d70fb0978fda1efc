/// The area under the curve of hits over false alarms: how likely a sample of class 1 scores higher
/// than one of class 0, where equal scores count half.
///
/// - Reference: Fawcett, *An introduction to ROC analysis*, 2006.
public struct ROCAUC: RankingMetric {
  public var batches = RankedBatches()

  public init() {}

  /// The curve, from (0, 0) to (1, 1): shares of false alarms and of hits. Waits.
  public var curve: [(falsePositiveRate: Double, truePositiveRate: Double)] {
    let steps = batches.steps
    guard let last = steps.last else { return [] }
    return steps.map { ($0.alarms / last.alarms, $0.hits / last.hits) }
  }

  /// The area, 0 to 1; NaN while a class has no sample. Waits.
  public var value: Double {
    let curve = curve
    return zip(curve, curve.dropFirst()).reduce(0) { area, pair in
      let width = pair.1.falsePositiveRate - pair.0.falsePositiveRate
      return area + width * (pair.0.truePositiveRate + pair.1.truePositiveRate) / 2
    }
  }
}
