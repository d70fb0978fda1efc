/// The area under the curve of precision over recall, as a sum of steps: the mean precision at
/// which further samples of class 1 are found; what is called PR-AUC.
///
/// - Reference: Davis and Goadrich, *The Relationship Between Precision-Recall and ROC Curves*,
///   ICML
///   2006.
public struct AveragePrecision: RankingMetric {
  public var batches = RankedBatches()

  public init() {}

  /// The area, 0 to 1; NaN while class 1 has no sample. Waits.
  public var value: Double {
    let steps = batches.steps
    let positives = steps[steps.count - 1].hits
    return zip(steps, steps.dropFirst()).reduce(0) { area, pair in
      let precision = pair.1.hits / (pair.1.hits + pair.1.alarms)
      return area + (pair.1.hits - pair.0.hits) / positives * precision
    }
  }
}
