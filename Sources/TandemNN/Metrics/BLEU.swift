import Glibc

/// How many runs of words a translation shares with references, with a penalty for short ones, of a
/// whole corpus.
///
/// - Reference: Papineni et al., *BLEU: a Method for Automatic Evaluation of Machine Translation*,
///   ACL 2002.
public struct BLEU: SummingMetric {
  /// For each length of runs how many are shared, then how many there are, then the lengths of
  /// translations and of references.
  public var sums: [NDArray]
  /// The longest runs that are looked at.
  public let order: Int

  /// - Parameter order: the longest runs that are looked at.
  public init(order: Int = 4) {
    self.order = order
    sums = [sum([order], .int64), sum([order], .int64), sum([2], .int64)]
  }

  /// Takes in one translation.
  ///
  /// - Parameters:
  ///   - candidate: its words or tokens.
  ///   - references: how it may be; the one of the nearest length decides the penalty.
  public mutating func update<Word: Hashable>(_ candidate: [Word], references: [[Word]]) {
    var (shared, all) = ([Int](), [Int]())
    for length in 1...order {
      let own = runs(of: candidate, length)
      var most: [ArraySlice<Word>: Int] = [:]
      for reference in references {
        most.merge(runs(of: reference, length)) { max($0, $1) }
      }
      shared.append(own.reduce(0) { $0 + min($1.value, most[$1.key] ?? 0) })
      all.append(max(candidate.count - length + 1, 0))
    }
    let nearest = references.map(\.count).min {
      (abs($0 - candidate.count), $0) < (abs($1 - candidate.count), $1)
    }
    sums[0] += NDArray(shared, shape: [order])
    sums[1] += NDArray(all, shape: [order])
    sums[2] += NDArray([candidate.count, nearest ?? 0], shape: [2])
  }

  private func runs<Word: Hashable>(of words: [Word], _ length: Int) -> [ArraySlice<Word>: Int] {
    var counts: [ArraySlice<Word>: Int] = [:]
    guard words.count >= length else { return counts }
    for start in 0...(words.count - length) {
      counts[words[start..<(start + length)], default: 0] += 1
    }
    return counts
  }

  /// The score since the last reset, 0 to 1. Waits.
  public var value: Double {
    let (shared, all) = (sums[0].scalars(as: Double.self), sums[1].scalars(as: Double.self))
    let lengths = sums[2].scalars(as: Double.self)
    guard !shared.contains(0), lengths[0] > 0 else { return 0 }
    let mean = zip(shared, all).reduce(0) { $0 + log($1.0 / $1.1) } / Double(order)
    let penalty = lengths[0] < lengths[1] ? 1 - lengths[1] / lengths[0] : 0
    return exp(mean + penalty)
  }
}
