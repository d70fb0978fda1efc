/// How much of a summary's words are in a reference in the same order: ROUGE-L, the F-score of the
/// longest common subsequence; the mean over summaries, each with the best of its references.
///
/// - Reference: Lin, *ROUGE: A Package for Automatic Evaluation of Summaries*, 2004.
public struct ROUGEL: SummingMetric {
  public var sums = [sum(), sum([], .int64)]
  /// How much more recall counts than precision.
  public let beta: Double

  /// - Parameter beta: how much more recall counts than precision.
  public init(beta: Double = 1) { self.beta = beta }

  /// Takes in one summary.
  ///
  /// - Parameters:
  ///   - candidate: its words or tokens.
  ///   - references: how it may be.
  /// - Complexity: O(words of the candidate · words of the references).
  public mutating func update<Word: Hashable>(_ candidate: [Word], references: [[Word]]) {
    let best = references.map { score(candidate, $0) }.max() ?? 0
    sums[0] += NDArray(best, dtype: .float64)
    sums[1] += NDArray(1, dtype: .int64)
  }

  private func score<Word: Hashable>(_ candidate: [Word], _ reference: [Word]) -> Double {
    var lengths = [Int](repeating: 0, count: reference.count + 1)
    for word in candidate {
      var diagonal = 0
      for (index, other) in reference.enumerated() {
        let above = lengths[index + 1]
        lengths[index + 1] = word == other ? diagonal + 1 : max(above, lengths[index])
        diagonal = above
      }
    }
    let common = Double(lengths[reference.count])
    if common == 0 { return 0 }
    let precision = common / Double(candidate.count)
    let recall = common / Double(reference.count)
    return (1 + beta * beta) * precision * recall / (recall + beta * beta * precision)
  }

  /// The mean since the last reset, 0 to 1; NaN before the first update. Waits.
  public var value: Double { ratio }
}
