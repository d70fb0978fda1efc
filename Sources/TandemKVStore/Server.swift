/// Holds slices: sums what workers send, applies updates, keeps a backup or a log.
///
/// It decides; bytes are the driver's. Each slice makes one version at a time: contributions are
/// staged, an update is applied, made durable, and only then seen and acknowledged.
package struct Server: Sendable {
  /// What is known of one slice.
  struct Entry: Sendable {
    var version: UInt32 = 0
    var committed: UInt32 = 0
    var clocks: [UInt16: UInt32] = [:]
    var committedClocks: [UInt16: UInt32] = [:]
    var staged: [Part] = []
    var inflight: Part?
    var backupVersion: UInt32?
    var lastReplicated: UInt64 = 0
    /// Who asked for which version, to be answered when it is there.
    var askers: [UInt16: UInt32] = [:]
  }

  var member: Member
  var entries: [Slice: Entry] = [:]
  var waiting: [Slice: Set<UInt16>] = [:]
  /// The open slices whose missing owners were told.
  package internal(set) var named: Set<Slice> = []
  package private(set) var isFinished = false
  private var tickets: [UInt64: Slice] = [:]
  private var lastTicket: UInt64 = 0

  /// A server. `restoring` is what its log holds; without a log, one that starts again has no
  /// state (`hasState` is false) and gets it as a backup.
  package init(
    _ configuration: Configuration, index: UInt16, incarnation: UInt64, keys: UInt64,
    hasState: Bool = true, restoring: [Part] = []
  ) {
    member = Member(configuration, .server(index), incarnation, keys: keys)
    guard hasState else { return }
    for slice in configuration.slices { entries[slice] = Entry() }
    for part in restoring { advance(part) }
    for slice in configuration.slices {
      entries[slice]!.committed = entries[slice]!.version
      entries[slice]!.committedClocks = entries[slice]!.clocks
    }
  }

  var configuration: Configuration { member.configuration }

  /// The epoch that this server acts in.
  package var epoch: UInt32 { member.membership.epoch }

  package mutating func handle(_ event: Event, now: UInt64) -> [Effect] {
    guard !isFinished else { return [] }
    var effects: [Effect] = []
    switch event {
    case .tick: tick(now, &effects)
    case .received(let envelope):
      if let refusal = member.refusal(of: envelope) {
        effects.append(.refused(envelope.from, refusal))
      } else {
        receive(envelope, now, &effects)
      }
    case .synced(let ticket):
      if let slice = tickets.removeValue(forKey: ticket) { commit(slice, now, &effects) }
    case .ready: break
    }
    return effects
  }

  private mutating func receive(_ envelope: Envelope, _ now: UInt64, _ effects: inout [Effect]) {
    let from = envelope.from
    switch (envelope.message, from.role) {
    case (.membership(let next), .scheduler): adopt(next, now, &effects)
    case (.push(let part), .worker): push(part, from: from.index, now, &effects)
    case (.pull(let slice, let version), .worker):
      guard isPrimary(slice), let entry = entries[slice] else { return }
      if let version, version > entry.committed {
        entries[slice]!.askers[from.index] = version
      } else {
        answer(slice, from.index, wanted: version, &effects)
      }
    case (.replicate(let part, let version), .server):
      guard entries.keys.contains(part.slice) || configuration.slices.contains(part.slice)
      else { return }
      replicate(part, version, from: from, &effects)
    case (.snapshot(let slice, let version, let clocks), .server):
      install(slice, version, clocks, from: from, &effects)
    case (.replicated(let slice, let version), .server):
      replicated(slice, version, from: from, now, &effects)
    case (.barrierOpen, .scheduler): break
    case (.reject(let refusal), .scheduler):
      isFinished = true
      effects.append(.finished(refusal))
    default: effects.append(.refused(from, .role))
    }
  }

  private mutating func adopt(_ next: Membership, _ now: UInt64, _ effects: inout [Effect]) {
    guard let old = member.adopt(next, &effects) else { return }
    if next.isFinished || next.isLost {
      isFinished = true
      if next.isFinished { effects.append(.finished(nil)) }
      return
    }
    for slice in entries.keys.sorted() where isPrimary(slice) {
      let slot = Int(configuration.slot(of: slice))
      let before = old.slots.indices.contains(slot) ? old.slots[slot].backup : nil
      let after = next.slots[slot].backup
      if before != after || before.map({ old.servers[$0] }) != after.map({ next.servers[$0] }) {
        entries[slice]!.backupVersion = nil
      }
      if entries[slice]!.inflight == nil {
        // What a backup holds was acknowledged or will be, when it is promoted.
        entries[slice]!.committed = entries[slice]!.version
        entries[slice]!.committedClocks = entries[slice]!.clocks
      } else if after == nil && configuration.durability == .replica {
        commit(slice, now, &effects)
      }
      answerAll(slice, &effects)
    }
    (waiting, named) = ([:], [])
    member.hurry()
  }

  private mutating func tick(_ now: UInt64, _ effects: inout [Effect]) {
    member.beat(.heartbeat(barrier: 0, isLeaving: false, ready: readySlots()), now, &effects)
    let retry = configuration.retryMilliseconds
    for slice in entries.keys.sorted() where isPrimary(slice) {
      let entry = entries[slice]!
      let isBehind = entry.backupVersion.map { $0 < entry.version } ?? true
      if backup(of: slice) != nil && isBehind && now >= entry.lastReplicated + retry {
        toBackup(slice, now, &effects)
      }
    }
    nameBlocking(&effects)
  }

  /// Slots of which this server is primary and whose backup has every durable version.
  private func readySlots() -> [UInt16] {
    member.membership.slots.indices.map(UInt16.init).filter { slot in
      let place = member.membership.slots[Int(slot)]
      return place.primary == member.node.index && place.backup != nil
        && configuration.slices.allSatisfy { slice in
          guard configuration.slot(of: slice) == slot else { return true }
          guard let entry = entries[slice], let backup = entry.backupVersion else { return false }
          return backup >= entry.committed
        }
    }
  }

  func place(of slice: Slice) -> Membership.Slot? {
    let slot = Int(configuration.slot(of: slice))
    return member.membership.slots.indices.contains(slot) ? member.membership.slots[slot] : nil
  }

  func isPrimary(_ slice: Slice) -> Bool { place(of: slice)?.primary == member.node.index }

  func backup(of slice: Slice) -> UInt16? { place(of: slice)?.backup }

  /// One more version of a slice, made of `part`.
  mutating func advance(_ part: Part) {
    entries[part.slice]!.version += 1
    if configuration.shards == nil {
      entries[part.slice]!.clocks[UInt16(truncatingIfNeeded: part.node)] = part.step + 1
    }
  }

  /// Applies an update and sets about making it durable.
  mutating func begin(_ part: Part, _ now: UInt64, _ effects: inout [Effect]) {
    let slice = part.slice
    effects.append(.update(part))
    advance(part)
    entries[slice]!.inflight = part
    switch configuration.durability {
    case .checkpoint: commit(slice, now, &effects)
    case .replica:
      if backup(of: slice) == nil {
        commit(slice, now, &effects)
      } else {
        toBackup(slice, now, &effects)
      }
    case .log:
      lastTicket += 1
      tickets[lastTicket] = slice
      effects.append(.append(part, ticket: lastTicket))
      if !configuration.rules.fsync { commit(slice, now, &effects) }
    }
  }
}
