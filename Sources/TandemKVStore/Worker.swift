/// Sends gradients, most urgent slice first and within the credit, and waits for values.
package struct Worker: Sendable {
  /// What the worker is about.
  package enum Phase: Hashable, Sendable {
    case joining, catchingUp, computing, barrier, leaving, done
  }

  var member: Member
  package private(set) var phase = Phase.joining
  package private(set) var step: UInt32 = 0
  private let steps: UInt32
  private var newest: [Slice: (version: UInt32, clock: UInt32)] = [:]
  private var held: [Slice: Set<UInt32>] = [:]
  private var asked: Set<UInt32> = []
  private var ready: Set<Part> = []
  private var sent: [Part: UInt64] = [:]
  private var staged: Set<Part> = []
  private var named: Set<Slice> = []
  private var done: Set<Slice> = []
  private var lastPull: UInt64?

  /// A worker that takes so many steps, then meets the others at a barrier and leaves.
  package init(
    _ configuration: Configuration, index: UInt16, incarnation: UInt64, keys: UInt64,
    steps: UInt32
  ) {
    member = Member(configuration, .worker(index), incarnation, keys: keys)
    self.steps = steps
  }

  private var configuration: Configuration { member.configuration }

  /// Slices whose values are missing in this step: whom the user waits for.
  package var missing: [Slice] { configuration.slices.filter { !done.contains($0) } }

  package mutating func handle(_ event: Event, now: UInt64) -> [Effect] {
    guard phase != .done else { return [] }
    var effects: [Effect] = []
    switch event {
    case .tick:
      let entered: UInt32 = phase == .barrier || phase == .leaving ? 1 : 0
      member.beat(
        .heartbeat(barrier: entered, isLeaving: phase == .leaving, ready: []), now, &effects)
      if phase == .catchingUp { catchUp(now, &effects) }
      if phase == .computing { push(now, &effects) }
    case .received(let envelope):
      if let refusal = member.refusal(of: envelope) {
        effects.append(.refused(envelope.from, refusal))
      } else {
        receive(envelope, now, &effects)
      }
    case .ready(let part):
      guard part.step == step, phase == .computing else { break }
      ready.insert(part)
      push(now, &effects)
    case .synced: break
    }
    return effects
  }

  private mutating func receive(_ envelope: Envelope, _ now: UInt64, _ effects: inout [Effect]) {
    switch (envelope.message, envelope.from.role) {
    case (.membership(let next), .scheduler): adopt(next, now, &effects)
    case (.staged(let part), .server):
      guard part.step == step else { return }
      staged.insert(part)
      push(now, &effects)
    case (.room(let slice, let step), .server) where step == self.step:
      for part in sent.keys where part.slice == slice { sent[part] = nil }
      push(now, &effects)
    case (.blocking(let slice, let step), .server) where step == self.step:
      named.insert(slice)
      push(now, &effects)
    case (.value(let slice, let version, let newest, let clock), .server):
      value(slice, version, newest: (newest, clock), now, &effects)
    case (.barrierOpen, .scheduler):
      guard phase == .barrier else { return }
      phase = .leaving
      member.hurry()
    case (.reject(let refusal), .scheduler):
      phase = .done
      effects.append(.finished(refusal))
    case (.room, .server), (.blocking, .server): break
    default: effects.append(.refused(envelope.from, .role))
    }
  }

  private mutating func adopt(_ next: Membership, _ now: UInt64, _ effects: inout [Effect]) {
    if phase == .leaving && next.workers[member.node.index] == nil
      && next.epoch > member.membership.epoch || next.isFinished
    {
      phase = .done
      effects.append(.finished(nil))
      return
    }
    guard member.adopt(next, &effects) != nil else { return }
    member.hurry()
    if next.isLost { phase = .done }
    (sent, staged, named, lastPull) = ([:], [], [], nil)
    if phase == .joining && !next.slots.isEmpty { phase = .catchingUp }
    if phase == .computing {
      compute(&effects)
      push(now, &effects)
    }
  }

  private var nodes: [UInt32] {
    guard let shards = configuration.shards else { return [UInt32(member.node.index)] }
    let mine = member.membership.shards(of: member.node.index, in: shards)
    return ShardTree.cover(mine, of: shards)
  }

  private mutating func compute(_ effects: inout [Effect]) {
    let new = nodes.filter { !asked.contains($0) }
    guard !new.isEmpty else { return }
    asked.formUnion(new)
    effects.append(.compute(step: step, nodes: new))
  }

  private mutating func begin(_ step: UInt32, _ now: UInt64, _ effects: inout [Effect]) {
    self.step = step
    (asked, ready, sent, staged, named, done) = ([], [], [:], [], [], [])
    effects.append(.stepped(step))
    for slice in configuration.slices { held[slice] = held[slice]?.filter { $0 >= step } }
    if step >= steps {
      phase = .barrier
      member.hurry()
      return
    }
    phase = .computing
    if configuration.shards == nil {
      done = Set(configuration.slices.filter { (newest[$0]?.clock ?? 0) > step })
    }
    compute(&effects)
  }

  /// Sends what is ready: front layers first, no more unstaged than the credit allows, but the
  /// slice that a server named always.
  private mutating func push(_ now: UInt64, _ effects: inout [Effect]) {
    let wanted = Set(nodes)
    var used: [UInt16: Int] = [:]
    // An answer says as much as a returned credit, which may be lost.
    for part in sent.keys where !staged.contains(part) && !done.contains(part.slice) {
      used[configuration.slot(of: part.slice), default: 0] += 1
    }
    let order = ready.sorted { ($0.slice, $0.node) < ($1.slice, $1.node) }
    for part in order where wanted.contains(part.node) && !done.contains(part.slice) {
      let slot = configuration.slot(of: part.slice)
      guard Int(slot) < member.membership.slots.count else { return }
      let server = Node.server(member.membership.slots[Int(slot)].primary)
      if let last = sent[part] {
        guard now >= last + configuration.retryMilliseconds else { continue }
      } else {
        guard used[slot, default: 0] < configuration.credits || named.contains(part.slice)
        else { continue }
        used[slot, default: 0] += 1
      }
      sent[part] = now
      effects.append(member.send(.push(part), to: server, .part(part)))
    }
    guard configuration.shards != nil, now >= (lastPull ?? 0) + configuration.retryMilliseconds
    else { return }
    // Others may own every shard: the value is asked for all the same.
    lastPull = now
    for slice in missing { pull(slice, step + 1, &effects) }
  }

  private func pull(_ slice: Slice, _ version: UInt32?, _ effects: inout [Effect]) {
    let slot = Int(configuration.slot(of: slice))
    guard slot < member.membership.slots.count else { return }
    let server = Node.server(member.membership.slots[slot].primary)
    effects.append(member.send(.pull(slice, version: version), to: server))
  }

  /// Looks for one version that all slices have.
  private mutating func catchUp(_ now: UInt64, _ effects: inout [Effect]) {
    if let last = lastPull, now < last + configuration.retryMilliseconds { return }
    lastPull = now
    let cut = newest.count == configuration.slices.count ? newest.values.map(\.version).min() : nil
    for slice in configuration.slices {
      pull(slice, nil, &effects)
      if let cut, configuration.shards != nil, !held[slice, default: []].contains(cut) {
        pull(slice, cut, &effects)
      }
    }
  }

  private mutating func value(
    _ slice: Slice, _ version: UInt32, newest: (version: UInt32, clock: UInt32), _ now: UInt64,
    _ effects: inout [Effect]
  ) {
    guard configuration.slices.contains(slice) else { return }
    if newest.version >= self.newest[slice]?.version ?? 0 { self.newest[slice] = newest }
    if held[slice, default: []].insert(version).inserted {
      effects.append(.install(slice, version: version))
    }
    switch phase {
    case .catchingUp: settle(now, &effects)
    case .computing:
      if configuration.shards == nil {
        if newest.clock > step { done.insert(slice) }
      } else if version == step + 1 {
        done.insert(slice)
      } else if newest.version > step + 2 {
        phase = .catchingUp
        self.newest = [:]
        lastPull = nil
        return
      }
      if done.count == configuration.slices.count { begin(step + 1, now, &effects) }
      push(now, &effects)
    default: break
    }
  }

  private mutating func settle(_ now: UInt64, _ effects: inout [Effect]) {
    guard newest.count == configuration.slices.count else { return }
    if configuration.shards == nil {
      begin(newest.values.map(\.clock).min()!, now, &effects)
      return
    }
    let cut = newest.values.map(\.version).min()!
    if configuration.slices.allSatisfy({ held[$0, default: []].contains(cut) }) {
      begin(cut, now, &effects)
    }
  }
}
