import TandemShapes

/// The equal parts into which every batch of a job is cut, and which of them this process computes.
///
/// The number of shards is fixed for the job's life; how many processes share them is not. As every
/// shard holds the same items and draws the same random numbers wherever it is computed, the sum of
/// its gradients over a fixed tree does not depend on the processes.
public struct VirtualShards: Hashable, Sendable {
  /// How many parts there are.
  public let count: Int
  /// The parts of this process, neighbours, so that it can add most of them up itself.
  public let mine: Range<Int>

  /// The shards of one of several processes.
  ///
  /// - Parameters:
  ///   - count: how many parts there are; at least one.
  ///   - workers: how many processes share them; from one to `count`.
  ///   - rank: which process this is, from zero.
  public init(
    _ count: Int, workers: Int = 1, rank: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    guard count > 0, (1...count).contains(workers), (0..<workers).contains(rank) else {
      fail(
        "virtual shards: \(count) parts do not fit \(workers) workers and rank \(rank)",
        at: CallSite(file, line))
    }
    self.count = count
    mine = rank * count / workers..<(rank + 1) * count / workers
  }

  /// One part, which is the whole.
  public static let whole = VirtualShards(1)
}
