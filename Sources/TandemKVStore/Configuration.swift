/// When an update is applied and how far workers may run apart.
package enum Mode: Hashable, Sendable {
  /// All virtual shards (a power of two) are summed by a fixed tree, then applied once.
  case sync(shards: UInt32)
  /// Applied at arrival.
  case async
  /// Applied at arrival; a worker runs at most so many steps ahead of the slowest.
  case bounded(staleness: UInt32)
}

/// What must have happened before an update is acknowledged.
package enum Durability: Hashable, Sendable {
  /// The slot's backup has it.
  case replica
  /// It is in a file, and the file is synchronised.
  case log
  /// Nothing: a lost server costs what followed the last checkpoint, and the job ends saying so.
  case checkpoint
}

/// The rules whose removal the tests must notice. Only tests switch one off.
package struct Rules: Sendable {
  package var dedup = true
  package var epoch = true
  package var fsync = true
  package var token = true
  package var credit = true

  package init() {}
}

/// What all machines of a job agree on.
package struct Configuration: Sendable {
  package var mode: Mode
  package var durability: Durability
  package var slices: [Slice]
  package var workers: UInt16
  package var servers: UInt16
  /// What every frame must show before anything else of it is looked at.
  package var token: UInt64 = 0
  package var rules = Rules()

  /// Unstaged contributions that a worker may have under way to one server.
  package var credits = 4
  /// Slices of which a server holds incomplete sums.
  package var stagingSlicesMax = 8
  package var retryMilliseconds: UInt64 = 200
  package var heartbeatMilliseconds: UInt64 = 1000
  package var suspectMilliseconds: UInt64 = 5000

  package init(
    _ mode: Mode, _ durability: Durability, slices: [Slice], workers: UInt16, servers: UInt16
  ) {
    (self.mode, self.durability, self.slices) = (mode, durability, slices.sorted())
    (self.workers, self.servers) = (workers, servers)
  }

  package var shards: UInt32? {
    if case .sync(let shards) = mode { shards } else { nil }
  }

  /// The slot that a slice lives in: the same everywhere, whoever serves the slot.
  package func slot(of slice: Slice) -> UInt16 {
    UInt16((UInt64(slice.key) + UInt64(slice.piece)) % UInt64(servers))
  }
}
