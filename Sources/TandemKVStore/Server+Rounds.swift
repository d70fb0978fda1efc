/// Contributions in, values out.
extension Server {
  mutating func push(
    _ part: Part, from worker: UInt16, _ now: UInt64, _ effects: inout [Effect]
  ) {
    let slice = part.slice
    guard isPrimary(slice), let entry = entries[slice] else { return }
    let isSync = configuration.shards != nil
    let shards = configuration.shards ?? 0
    guard isSync ? part.node > 0 && part.node < 2 * shards : part.node == UInt32(worker) else {
      effects.append(.refused(.worker(worker), .value))
      return
    }
    let clock = isSync ? entry.version : entry.clocks[worker] ?? 0
    if configuration.rules.dedup || isSync {
      guard part.step <= clock else {
        effects.append(.refused(.worker(worker), .value))
        return
      }
      if part.step < clock {
        effects.append(member.send(.staged(part), to: .worker(worker)))
        entries[slice]!.askers[worker] = part.step + 1
        answerAll(slice, &effects)
        return
      }
    }
    entries[slice]!.askers[worker] = part.step + 1
    let isKnown =
      isSync
      ? ShardTree.isCovered(part.node, by: Set(entry.staged.map(\.node)))
      : entry.staged.contains(part)
    if !isKnown {
      guard hasRoom(for: slice) else {
        waiting[slice, default: []].insert(worker)
        nameBlocking(&effects)
        return
      }
      entries[slice]!.staged.append(part)
      effects.append(.stage(part))
      if !waiting.isEmpty { nameBlocking(&effects) }
    }
    effects.append(member.send(.staged(part), to: .worker(worker)))
    fire(slice, now, &effects)
    offerRoom(&effects)
  }

  /// Slices with staged contributions whose sum cannot be made yet.
  var openSlices: [Slice] {
    entries.keys.filter { !entries[$0]!.staged.isEmpty && entries[$0]!.inflight == nil }.sorted()
  }

  private func hasRoom(for slice: Slice) -> Bool {
    !entries[slice]!.staged.isEmpty
      || entries.values.count { !$0.staged.isEmpty } < configuration.stagingSlicesMax
  }

  private mutating func offerRoom(_ effects: inout [Effect]) {
    for slice in waiting.keys.sorted() where hasRoom(for: slice) {
      for worker in waiting.removeValue(forKey: slice)!.sorted() {
        let step = entries[slice]!.version
        effects.append(member.send(.room(slice, step: step), to: .worker(worker)))
      }
    }
  }

  /// Tells all workers which slices everything waits for, when somebody was turned away.
  mutating func nameBlocking(_ effects: inout [Effect]) {
    guard configuration.rules.credit, !waiting.isEmpty else {
      named = []
      return
    }
    named = Set(openSlices)
    for slice in named.sorted() {
      for worker in member.membership.workers.keys.sorted() {
        let step = entries[slice]!.version
        effects.append(member.send(.blocking(slice, step: step), to: .worker(worker)))
      }
    }
  }

  /// Whether contributions are turned away while nobody may send what would make room.
  package var isStuck: Bool {
    !waiting.isEmpty && !openSlices.isEmpty && named.isDisjoint(with: openSlices)
      && waiting.keys.contains { !hasRoom(for: $0) }
      && openSlices.count
        >= configuration.stagingSlicesMax
  }

  /// Slices with incomplete sums: never more than the limit.
  package var stagedSlicesCount: Int { entries.values.count { !$0.staged.isEmpty } }

  /// Makes the next version if everything for it is there.
  mutating func fire(_ slice: Slice, _ now: UInt64, _ effects: inout [Effect]) {
    guard let entry = entries[slice], entry.inflight == nil, let first = entry.staged.first else {
      return
    }
    guard let shards = configuration.shards else {
      begin(first, now, &effects)
      return
    }
    let present = Set(entry.staged.map(\.node))
    guard let sums = ShardTree.sums(from: present, of: shards) else { return }
    for node in sums {
      let part = Part(slice, entry.version, node)
      entries[slice]!.staged.append(part)
      effects.append(.sum(part))
    }
    begin(Part(slice, entry.version, 1), now, &effects)
  }

  /// The update under way is durable: it may be seen.
  mutating func commit(_ slice: Slice, _ now: UInt64, _ effects: inout [Effect]) {
    guard let entry = entries[slice], let part = entry.inflight else { return }
    entries[slice]!.inflight = nil
    entries[slice]!.committed = entry.version
    entries[slice]!.committedClocks = entry.clocks
    effects.append(.committed(part, version: entry.version))
    let gone = configuration.shards == nil ? [part] : entry.staged
    for part in gone { effects.append(.discard(part)) }
    entries[slice]!.staged.removeAll { gone.contains($0) }
    answerAll(slice, &effects)
    fire(slice, now, &effects)
    offerRoom(&effects)
    nameBlocking(&effects)
  }

  /// Answers everybody who may go on with this slice.
  mutating func answerAll(_ slice: Slice, _ effects: inout [Effect]) {
    guard isPrimary(slice), let entry = entries[slice] else { return }
    for (worker, wanted) in entry.askers.sorted(by: { $0.key < $1.key }) {
      if configuration.shards != nil {
        guard wanted <= entry.committed else { continue }
      } else {
        guard wanted <= entry.committedClocks[worker] ?? 0 else { continue }
        if case .bounded(let staleness) = configuration.mode {
          let slowest = member.membership.workers.keys.map { entry.committedClocks[$0] ?? 0 }.min()
          guard wanted <= (slowest ?? wanted) + staleness else { continue }
        }
      }
      entries[slice]!.askers[worker] = nil
      answer(slice, worker, wanted: configuration.shards == nil ? nil : wanted, &effects)
    }
  }

  func answer(_ slice: Slice, _ worker: UInt16, wanted: UInt32?, _ effects: inout [Effect]) {
    guard let entry = entries[slice] else { return }
    // The last version is kept, so that a worker that joins finds one cut over all slices.
    let isKept = wanted.map { $0 <= entry.committed && $0 + 1 >= entry.version } ?? false
    let version = isKept ? wanted! : entry.committed
    effects.append(
      member.send(
        .value(
          slice, version: version, newest: entry.committed,
          clock: entry.committedClocks[worker] ?? 0),
        to: .worker(worker), .value(slice, version: version)))
  }
}
