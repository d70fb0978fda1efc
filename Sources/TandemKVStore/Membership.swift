/// Who is in the job during one epoch. Made by the scheduler alone, durable before it is sent.
package struct Membership: Hashable, Sendable {
  /// Who serves one part of the keys.
  package struct Slot: Hashable, Sendable {
    package var primary: UInt16
    package var backup: UInt16?
    /// Whether the backup has everything, so that it may be promoted.
    package var isReady = false

    package init(_ primary: UInt16, backup: UInt16? = nil, isReady: Bool = false) {
      (self.primary, self.backup, self.isReady) = (primary, backup, isReady)
    }
  }

  package var epoch: UInt32 = 0
  /// Incarnation of each member, by its place.
  package var workers: [UInt16: UInt64] = [:]
  package var servers: [UInt16: UInt64] = [:]
  package var slots: [Slot] = []
  /// Whether every worker left: servers may go.
  package var isFinished = false
  /// Whether state was lost beyond what the durability covers.
  package var isLost = false

  package init() {}

  package func incarnation(of node: Node) -> UInt64? {
    switch node.role {
    case .scheduler: nil
    case .server: servers[node.index]
    case .worker: workers[node.index]
    }
  }

  /// The virtual shards of a worker: contiguous, a function of the members alone.
  package func shards(of worker: UInt16, in count: UInt32) -> Range<UInt32> {
    let order = workers.keys.sorted()
    guard let place = order.firstIndex(of: worker) else { return 0..<0 }
    let (place64, total, n) = (UInt64(place), UInt64(count), UInt64(order.count))
    return UInt32(place64 * total / n)..<UInt32((place64 + 1) * total / n)
  }
}

/// The fixed binary tree over virtual shards, numbered as a heap.
package enum ShardTree {
  /// The largest whole subtrees inside a range of shards: what its owner sums before it sends.
  package static func cover(_ shards: Range<UInt32>, of count: UInt32) -> [UInt32] {
    var (low, high) = (shards.lowerBound + count, shards.upperBound + count)
    var left: [UInt32] = []
    var right: [UInt32] = []
    while low < high {
      if low & 1 == 1 {
        left.append(low)
        low += 1
      }
      if high & 1 == 1 {
        high -= 1
        right.append(high)
      }
      (low, high) = (low / 2, high / 2)
    }
    return left + right.reversed()
  }

  /// Whether `node` or something above it is among `present`.
  package static func isCovered(_ node: UInt32, by present: Set<UInt32>) -> Bool {
    var node = node
    while node > 0 {
      if present.contains(node) { return true }
      node /= 2
    }
    return false
  }

  /// The sums that are missing to `node`, children first, or `nil` if shards are missing.
  package static func sums(
    to node: UInt32 = 1, from present: Set<UInt32>, of count: UInt32
  ) -> [UInt32]? {
    if present.contains(node) { return [] }
    guard node < count, let left = sums(to: 2 * node, from: present, of: count),
      let right = sums(to: 2 * node + 1, from: present, of: count)
    else { return nil }
    return left + right + [node]
  }
}
