/// A metric of how scores rank samples of two classes: it keeps all scores, eight bytes and one for
/// each sample, and sorts them when it is read.
public protocol RankingMetric: PairMetric {
  /// The scores and labels of all batches.
  var batches: RankedBatches { get set }
}

/// Scores, float64, and whether samples are of class 1.
public struct RankedBatches: Sendable {
  fileprivate var scores: [NDArray] = []
  fileprivate var labels: [NDArray] = []

  /// None yet.
  public init() {}

  /// All samples, highest scores first. Waits.
  var sorted: [(score: Double, isPositive: Bool)] {
    let scores = scores.flatMap { $0.scalars(as: Double.self) }
    let labels = labels.flatMap { $0.scalars(as: Int.self) }
    return zip(scores, labels).map { ($0, $1 > 0) }.sorted { $0.0 > $1.0 }
  }

  /// How many samples of each class score at least as high as each score that there is, from none
  /// to all.
  var steps: [(hits: Double, alarms: Double)] {
    var steps = [(hits: 0.0, alarms: 0.0)]
    var last: Double?
    for (score, isPositive) in sorted {
      var counts = steps[steps.count - 1]
      if isPositive { counts.hits += 1 } else { counts.alarms += 1 }
      if score == last { steps[steps.count - 1] = counts } else { steps.append(counts) }
      last = score
    }
    return steps
  }
}

extension RankingMetric {
  /// Two arrays, `[samples]`: scores and labels.
  public var state: [NDArray] {
    guard !batches.scores.isEmpty else {
      return [.zeros([0], dtype: .float64), .zeros([0], dtype: .int8)]
    }
    return [.concatenated(batches.scores, axis: 0), .concatenated(batches.labels, axis: 0)]
  }

  public mutating func merge(state: [NDArray]) {
    guard state.count == 2, state[0].shape == state[1].shape else {
      fail("metric: another kind of state: \(state.map(\.type))", at: .unknown)
    }
    batches.scores.append(state[0])
    batches.labels.append(state[1])
  }

  public mutating func reset() { batches = RankedBatches() }

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - scores: floats of any shape, higher for class 1.
  ///   - labels: of the same shape, 0 or 1.
  public mutating func update(
    _ scores: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireSameShapes("rankingMetric", scores, labels, at: CallSite(file, line))
    batches.scores.append(scores.detached().cast(to: .float64).reshaped([scores.count]))
    batches.labels.append((labels .> 0).cast(to: .int8).reshaped([labels.count]))
  }
}
