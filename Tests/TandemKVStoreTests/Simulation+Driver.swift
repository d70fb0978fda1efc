@testable import TandemKVStore

/// What a driver does with effects: one number stands for each slice's bytes.
extension Simulation {
  func perform(_ effect: Effect, _ node: Node, _ payload: Payload) {
    switch effect {
    case .send(let to, let envelope, let attachment):
      send(to, from: node, Frame.encode(envelope), attach(attachment, node))
    case .stage(let part): processes[node]!.staging[part] = payload.values[0]
    case .sum(let part):
      let children = [2 * part.node, 2 * part.node + 1].map {
        processes[node]!.staging[Part(part.slice, part.step, $0)]!
      }
      processes[node]!.staging[part] = children[0] + children[1]
    case .discard(let part): processes[node]!.staging[part] = nil
    case .update(let part):
      guard let gradient = processes[node]!.staging[part] else {
        fail("\(node) updates without a gradient: \(part)")
        return
      }
      update(node, part.slice, gradient)
    case .install(let slice, let version):
      if node.role == .server {
        processes[node]!.values[slice] = payload.values
      } else {
        processes[node]!.values[slice, default: [:]][version] = payload.values[version]
      }
    case .committed(let part, let version): checkCommit(node, part, version)
    case .append(let part, let ticket): append(node, part, ticket)
    case .compute(let step, let nodes): compute(node, step, nodes)
    case .stepped(let step): checkStep(node, step)
    case .barrierOpened: break
    case .restart:
      crash(node, restartAfter: 50)
    case .finished(let reason):
      if let reason { fail("\(node) ended: \(reason)") }
      if node == .scheduler { scheduler = nil } else { processes[node]!.isDone = true }
    case .refused(_, let refusal): refusals.count(refusal)
    }
  }

  private func attach(_ attachment: Attachment, _ node: Node) -> Payload {
    guard let process = processes[node] else { return Payload() }
    switch attachment {
    case .none: return Payload()
    case .part(let part):
      if node.role == .worker { return Payload(values: [0: gradient(part, process)]) }
      guard let value = process.staging[part] else {
        fail("\(node) sends a gradient that it has not: \(part)")
        return Payload()
      }
      return Payload(values: [0: value])
    case .value(let slice, let version):
      guard let value = process.values[slice]?[version] else {
        fail("\(node) sends version \(version) of \(slice), which it has not")
        return Payload()
      }
      return Payload(values: [version: value])
    case .state(let slice): return Payload(values: process.values[slice] ?? [:])
    }
  }

  func update(_ node: Node, _ slice: Slice, _ gradient: Double) {
    var versions = processes[node]!.values[slice] ?? [:]
    let version = versions.keys.max()!
    versions[version + 1] = Self.updated(versions[version]!, gradient, configuration.shards != nil)
    // The machine may ask for this version and the one before.
    processes[node]!.values[slice] = versions.filter { $0.key >= version }
  }

  static func updated(_ value: Double, _ gradient: Double, _ isSync: Bool) -> Double {
    isSync ? value * 0.99 + gradient : value + gradient
  }

  static func initial(_ slice: Slice) -> Double { Double(slice.key + slice.piece) / 3 }

  static func shardGradient(_ part: Part, weight: Double) -> Double {
    let mix =
      UInt64(part.slice.key) &* 31 &+ UInt64(part.slice.piece) &* 7 &+ UInt64(part.step) &* 1009
      &+ UInt64(part.node) &* 77_777
    return Double(mix &* 0x9E37_79B9_7F4A_7C15 >> 40) / 3e6 - weight * 0.1
  }

  static func asyncGradient(_ part: Part) -> Double {
    Double(1 + (part.node * 31 + part.step * 7 + part.slice.key) % 97)
  }

  private func gradient(_ part: Part, _ process: Process) -> Double {
    guard let shards = configuration.shards else { return Self.asyncGradient(part) }
    guard let weight = process.values[part.slice]?[part.step] else {
      fail("a worker computes step \(part.step) without its values")
      return 0
    }
    return Self.tree(part, shards, weight)
  }

  static func tree(_ part: Part, _ shards: UInt32, _ weight: Double) -> Double {
    if part.node >= shards { return shardGradient(part, weight: weight) }
    let (slice, step) = (part.slice, part.step)
    return tree(Part(slice, step, 2 * part.node), shards, weight)
      + tree(Part(slice, step, 2 * part.node + 1), shards, weight)
  }

  private func compute(_ node: Node, _ step: UInt32, _ nodes: [UInt32]) {
    // The last layer's gradient comes first, but not exactly so on every worker.
    for tree in nodes {
      for (place, slice) in configuration.slices.reversed().enumerated() {
        let delay = 20 + place * 60 + random.below(200)
        at(delay, .ready(node.index, life: life(node), Part(slice, step, tree)))
      }
    }
  }

  private func append(_ node: Node, _ part: Part?, _ ticket: UInt64) {
    if node == .scheduler {
      pendingDisk[ticket] = scheduler!.next
    } else if let part {
      pendingLogs[node, default: [:]][ticket] = (part, processes[node]!.staging[part]!)
    }
    at(1 + random.below(60), .synced(node, life: life(node), ticket))
  }

  func start(_ node: Node, isFirst: Bool) {
    var process = processes[node] ?? Process()
    process.life += 1
    process.incarnation = random.next()
    (process.isAlive, process.isDone) = (true, false)
    (process.values, process.staging) = ([:], [:])
    let log = logs[node.index] ?? []
    let hasState = isFirst || configuration.durability == .log
    if node.role == .worker {
      process.worker = Worker(
        configuration, index: node.index, incarnation: process.incarnation, keys: Self.keys,
        steps: steps)
    } else {
      process.server = Server(
        configuration, index: node.index, incarnation: process.incarnation, keys: Self.keys,
        hasState: hasState, restoring: log.map(\.part))
      if hasState {
        for slice in configuration.slices { process.values[slice] = [0: Self.initial(slice)] }
      }
    }
    processes[node] = process
    if node.role == .server {
      for record in log { update(node, record.part.slice, record.value) }
    }
    at(random.below(100), .tick(node, life: process.life))
  }
}
