/// What a process does in a job.
package enum Role: UInt8, Sendable, CaseIterable { case scheduler, server, worker }

/// A place in the job. A restarted process takes the place again under a new incarnation.
package struct Node: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let role: Role
  package let index: UInt16

  package init(_ role: Role, _ index: UInt16) { (self.role, self.index) = (role, index) }

  package static let scheduler = Node(.scheduler, 0)
  package static func server(_ index: UInt16) -> Node { Node(.server, index) }
  package static func worker(_ index: UInt16) -> Node { Node(.worker, index) }

  package static func < (lhs: Node, rhs: Node) -> Bool {
    (lhs.role.rawValue, lhs.index) < (rhs.role.rawValue, rhs.index)
  }
  package var description: String { "\(role) \(index)" }
}

/// One piece of one key's array. A smaller number is more urgent: keys are numbered forward.
package struct Slice: Hashable, Sendable, Comparable {
  package let key: UInt32
  package let piece: UInt32

  package init(_ key: UInt32, _ piece: UInt32 = 0) { (self.key, self.piece) = (key, piece) }

  package static func < (lhs: Slice, rhs: Slice) -> Bool {
    (lhs.key, lhs.piece) < (rhs.key, rhs.piece)
  }
}

/// The name of one contribution: what it belongs to, so that a repetition is recognised.
///
/// In a synchronous job `node` counts the tree over virtual shards as a heap does: 1 is the sum of
/// all, `shards ..< 2 * shards` are the shards. Otherwise it is the worker's index.
package struct Part: Hashable, Sendable {
  package let slice: Slice
  package let step: UInt32
  package let node: UInt32

  package init(_ slice: Slice, _ step: UInt32, _ node: UInt32) {
    (self.slice, self.step, self.node) = (slice, step, node)
  }
}
