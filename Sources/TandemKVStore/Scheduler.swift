/// Decides who is in the job: the only detector of failures and the only maker of epochs.
///
/// It sees no tensor. A change of members is written and synchronised before anybody hears of it,
/// so a scheduler that starts again cannot give an epoch away twice.
package struct Scheduler: Sendable {
  package let configuration: Configuration
  /// What the others are told: durable.
  package private(set) var membership: Membership
  /// What is being made durable.
  package private(set) var next: Membership
  package private(set) var isFinished = false
  private var lastHeard: [Node: UInt64] = [:]
  private var barriers: [UInt16: UInt32] = [:]
  private var leftCount = 0
  private let keys: UInt64
  private let started: UInt64
  private var finishedAt: UInt64?

  /// A scheduler, with what an earlier one made durable.
  package init(
    _ configuration: Configuration, keys: UInt64, restoring: Membership? = nil, now: UInt64
  ) {
    self.configuration = configuration
    self.keys = keys
    started = now
    membership = restoring ?? Membership()
    next = membership
  }

  package mutating func handle(_ event: Event, now: UInt64) -> [Effect] {
    var effects: [Effect] = []
    switch event {
    case .received(let envelope): receive(envelope, now, &effects)
    case .tick: tick(now, &effects)
    case .synced(let ticket) where ticket == UInt64(next.epoch):
      membership = next
      for node in members(membership) { tell(node, &effects) }
    case .synced, .ready: break
    }
    return effects
  }

  /// Members of whom nothing was heard for a heartbeat or two, and for how long.
  package func rollCall(now: UInt64) -> [(node: Node, silentMilliseconds: UInt64)] {
    members(next).compactMap { node in
      let silent = now - (lastHeard[node] ?? started)
      return silent > 2 * configuration.heartbeatMilliseconds ? (node, silent) : nil
    }
  }

  private func members(_ membership: Membership) -> [Node] {
    membership.servers.keys.sorted().map(Node.server)
      + membership.workers.keys.sorted().map(Node.worker)
  }

  private func envelope(_ message: Message) -> Envelope {
    Envelope(
      from: .scheduler, incarnation: 0, epoch: membership.epoch, token: configuration.token,
      message: message)
  }

  private func tell(_ node: Node, _ effects: inout [Effect]) {
    effects.append(.send(node, envelope(.membership(membership)), .none))
  }

  private mutating func change(_ effects: inout [Effect], _ body: (inout Membership) -> Void) {
    var changed = next
    body(&changed)
    guard changed != next else { return }
    changed.epoch += 1
    next = changed
    effects.append(.append(nil, ticket: UInt64(changed.epoch)))
  }

  private mutating func receive(_ envelope: Envelope, _ now: UInt64, _ effects: inout [Effect]) {
    let node = envelope.from
    if configuration.rules.token && envelope.token != configuration.token {
      effects.append(.refused(node, .token))
      return
    }
    let limit = node.role == .server ? configuration.servers : configuration.workers
    guard node.role != .scheduler, node.index < limit else {
      effects.append(.refused(node, .role))
      return
    }
    switch envelope.message {
    case .hello(let keys): hello(node, envelope.incarnation, keys, now, &effects)
    case .heartbeat(let barrier, let isLeaving, let ready):
      guard next.incarnation(of: node) == envelope.incarnation else {
        tell(node, &effects)
        return
      }
      lastHeard[node] = now
      if node.role == .worker {
        barriers[node.index] = barrier
        openBarrier(&effects)
        if isLeaving { leave(node.index, &effects) }
      } else if envelope.epoch == next.epoch {
        mark(ready, by: node.index, &effects)
      }
      if envelope.epoch < membership.epoch { tell(node, &effects) }
    default: effects.append(.refused(node, .role))
    }
  }

  private mutating func hello(
    _ node: Node, _ incarnation: UInt64, _ keys: UInt64, _ now: UInt64, _ effects: inout [Effect]
  ) {
    guard keys == self.keys else {
      effects.append(.refused(node, .keys))
      effects.append(.send(node, envelope(.reject(.keys)), .none))
      return
    }
    lastHeard[node] = now
    if next.isFinished || next.isLost || next.incarnation(of: node) == incarnation {
      tell(node, &effects)
      return
    }
    barriers[node.index] = node.role == .worker ? 0 : barriers[node.index]
    let rules = configuration
    change(&effects) { members in
      if node.role == .worker {
        members.workers[node.index] = incarnation
      } else {
        Self.remove(server: node.index, from: &members, restarts: true, rules)
        members.servers[node.index] = incarnation
        Self.place(&members, rules)
      }
    }
  }

  private mutating func leave(_ worker: UInt16, _ effects: inout [Effect]) {
    change(&effects) { members in
      members.workers[worker] = nil
      members.isFinished = members.workers.isEmpty
    }
  }

  private mutating func mark(_ ready: [UInt16], by server: UInt16, _ effects: inout [Effect]) {
    change(&effects) { members in
      for slot in ready where Int(slot) < members.slots.count {
        if members.slots[Int(slot)].primary == server, members.slots[Int(slot)].backup != nil {
          members.slots[Int(slot)].isReady = true
        }
      }
    }
  }

  /// A barrier opens when every member entered it, by their own heartbeats: nothing to forget.
  private func openBarrier(_ effects: inout [Effect]) {
    let entered = membership.workers.keys.map { barriers[$0] ?? 0 }.min() ?? 0
    guard entered > 0 else { return }
    for worker in membership.workers.keys.sorted() {
      effects.append(.send(.worker(worker), envelope(.barrierOpen(entered)), .none))
    }
  }

  private mutating func tick(_ now: UInt64, _ effects: inout [Effect]) {
    if membership.isFinished || membership.isLost {
      let since = finishedAt ?? now
      finishedAt = since
      let waits = now - since < 2 * configuration.suspectMilliseconds
      if !waits && !isFinished {
        isFinished = true
        effects.append(.finished(membership.isLost ? .value : nil))
      }
      return
    }
    let all = members(next)
    let silent = all.filter {
      now - (lastHeard[$0] ?? started) > configuration.suspectMilliseconds
    }
    // A scheduler that lost sight of most members is itself the one that is cut off.
    guard !silent.isEmpty, (all.count - silent.count) * 2 >= all.count else { return }
    let rules = configuration
    change(&effects) { members in
      for node in silent where node.role == .worker { members.workers[node.index] = nil }
      for node in silent where node.role == .server {
        Self.remove(server: node.index, from: &members, restarts: false, rules)
      }
      Self.place(&members, rules)
    }
  }

  /// Takes a server out. Its slots go to backups that have everything; a slot without one waits
  /// for the same process, or for its log.
  private static func remove(
    server: UInt16, from members: inout Membership, restarts: Bool,
    _ configuration: Configuration
  ) {
    guard members.servers[server] != nil else { return }
    var isNeeded = false
    for slot in members.slots.indices {
      if members.slots[slot].backup == server {
        members.slots[slot].backup = nil
        members.slots[slot].isReady = false
      } else if members.slots[slot].primary == server {
        if let backup = members.slots[slot].backup, members.slots[slot].isReady {
          members.slots[slot] = .init(backup)
        } else if configuration.durability != .log {
          isNeeded = true
        }
      }
    }
    if isNeeded && restarts { members.isLost = true }
    if !isNeeded { members.servers[server] = nil }
  }

  /// First placement, once all servers are there; later, backups for slots that have none.
  private static func place(_ members: inout Membership, _ configuration: Configuration) {
    let count = configuration.servers
    if members.slots.isEmpty {
      guard members.servers.count == Int(count) else { return }
      members.slots = (0..<count).map { .init($0) }
    }
    guard configuration.durability == .replica else { return }
    for slot in members.slots.indices where members.slots[slot].backup == nil {
      let primary = members.slots[slot].primary
      members.slots[slot].backup = (1..<max(count, 2)).map { (primary + $0) % count }
        .first { $0 != primary && members.servers[$0] != nil }
      members.slots[slot].isReady = false
    }
  }
}
