@testable import TandemKVStore

/// What goes wrong, by the seed.
extension Simulation {
  /// One fault every 800 ms on average, until faults cease.
  func fault() {
    cut = cut.filter { cutUntil[$0.key]! > now }
    guard now < faultsEnd else {
      cut = [:]
      return
    }
    at(100 + random.below(1400), .fault)
    let all = processes.keys.sorted()
    let node = all[random.below(all.count)]
    faults += 1
    switch random.below(4) {
    case 0:
      if random.below(3) == 0 { crash(.scheduler, restartAfter: 100 + random.below(3000)) }
    case 1, 2:
      guard node.role == .worker ? !processes[node]!.isDone : mayLose(node) else { return }
      crash(node, restartAfter: 100 + random.below(8000))
    default:
      guard node.role == .worker || mayLose(node), cut[node] == nil else { return }
      let others = all + [.scheduler]
      cut[node] =
        random.below(2) == 0 ? [.scheduler] : Set(others.filter { _ in random.next() & 1 == 0 })
      cutUntil[node] = now + UInt64(200 + random.below(8000))
    }
  }

  /// Whether a server may go: all others hold everything, and no other one is in trouble.
  private func mayLose(_ node: Node) -> Bool {
    guard let scheduler, processes[node]!.isAlive, !processes[node]!.isDone else { return false }
    let members = scheduler.membership
    guard members == scheduler.next, !members.slots.isEmpty else { return false }
    guard !scheduler.rollCall(now: now).contains(where: { $0.node.role == .server }) else {
      return false
    }
    if configuration.durability == .log { return true }
    return members.slots.allSatisfy(\.isReady)
      && processes.allSatisfy { node, process in
        guard node.role == .server else { return true }
        return process.isAlive && cut[node] == nil && process.server!.epoch == members.epoch
          && members.servers[node.index] == process.incarnation
      }
  }

  func crash(_ node: Node, restartAfter delay: Int) {
    if node == .scheduler {
      guard scheduler != nil else { return }
      (scheduler, pendingDisk) = (nil, [:])
      schedulerLife += 1
    } else {
      guard processes[node]!.isAlive, !processes[node]!.isDone else { return }
      if node.role == .worker { workersChanged = true }
      processes[node]!.isAlive = false
      processes[node]!.life += 1
      pendingLogs[node] = [:]
    }
    at(delay, .restart(node))
  }

  func restart(_ node: Node) {
    guard node == .scheduler else {
      if !processes[node]!.isAlive { start(node, isFirst: false) }
      return
    }
    scheduler = Scheduler(configuration, keys: Self.keys, restoring: disk, now: now)
    at(1, .tick(.scheduler, life: schedulerLife))
  }

  /// A stranger repeats what it saw, with everything right but the token.
  func forge() {
    guard now < faultsEnd else { return }
    at(150 + random.below(300), .forge)
    guard let members = scheduler?.membership, !members.slots.isEmpty,
      let worker = members.workers.keys.sorted().first
    else { return }
    let slice = configuration.slices[random.below(configuration.slices.count)]
    let primary = members.slots[Int(configuration.slot(of: slice))].primary
    let step = processes[.worker(worker)]?.worker?.step ?? 0
    let tree = configuration.shards == nil ? UInt32(worker) : 1
    let envelope = Envelope(
      from: .worker(worker), incarnation: members.workers[worker]!, epoch: members.epoch,
      token: 0xBAD, message: .push(Part(slice, step, tree)))
    at(1, .deliver(.server(primary), Frame.encode(envelope), Payload(values: [0: 1e9])))
  }
}
