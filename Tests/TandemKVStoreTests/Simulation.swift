import TestSupport

@testable import TandemKVStore

/// A whole job on a virtual clock: machines, a network that loses, repeats, delays and reorders,
/// disks that forget what was not synchronised, and processes that die and start again.
final class Simulation {
  /// What travels with a message: one number stands for a slice's bytes.
  struct Payload { var values: [UInt32: Double] = [:] }

  enum Item {
    case deliver(Node, [UInt8], Payload)
    case tick(Node, life: Int)
    case ready(UInt16, life: Int, Part)
    case synced(Node, life: Int, UInt64)
    case restart(Node)
    case fault
    case forge
  }

  struct Process {
    var life = 0
    var incarnation: UInt64 = 0
    var isAlive = false
    var isDone = false
    /// Versions of each slice, for workers and servers alike.
    var values: [Slice: [UInt32: Double]] = [:]
    var staging: [Part: Double] = [:]
    var worker: Worker?
    var server: Server?
  }

  let seed: UInt64
  let configuration: Configuration
  let steps: UInt32
  var random: SplitMix
  var now: UInt64 = 0
  var events = 0
  var order: UInt64 = 0
  var queue = EventQueue<Item>()
  var processes: [Node: Process] = [:]
  var scheduler: Scheduler?
  var schedulerLife = 0
  var disk: Membership?
  var pendingDisk: [UInt64: Membership] = [:]
  var logs: [UInt16: [(part: Part, value: Double)]] = [:]
  var pendingLogs: [Node: [UInt64: (part: Part, value: Double)]] = [:]
  var cut: [Node: Set<Node>] = [:]
  var cutUntil: [Node: UInt64] = [:]
  /// The newest primary of each slice that made a version visible, and its first.
  var commits: [Slice: (epoch: UInt32, server: UInt16, version: UInt32)] = [:]
  var refusals = RefusalCounts()
  var workersChanged = false
  /// The step that each worker reached: all before it were acknowledged.
  var reached: [UInt16: UInt32] = [:]
  var faults = 0
  var failure: String?
  let faultsEnd: UInt64 = 15_000
  static let keys: UInt64 = 0xFEED

  init(seed: UInt64, rules: Rules = Rules()) {
    self.seed = seed
    random = SplitMix(seed: seed)
    let workers = UInt16(1 + random.below(4))
    let servers = UInt16(2 + random.below(2))
    let slices = (0..<6).map { Slice(UInt32($0 / 2), UInt32($0 % 2) * UInt32(servers)) }
    let modes: [Mode] = [.sync(shards: 4), .async, .bounded(staleness: 1), .sync(shards: 8)]
    let mode = modes[Int(seed % 4)]
    var configuration = Configuration(
      mode, (seed / 4) % 3 == 2 ? .log : .replica, slices: slices, workers: workers,
      servers: servers)
    configuration.credits = 1 + random.below(2)
    configuration.stagingSlicesMax = 1 + random.below(2)
    configuration.token = 0xC0FFEE
    configuration.rules = rules
    self.configuration = configuration
    steps = 12
    scheduler = Scheduler(configuration, keys: Self.keys, now: 0)
    at(1, .tick(.scheduler, life: 0))
    for index in 0..<servers { start(.server(index), isFirst: true) }
    for index in 0..<workers { start(.worker(index), isFirst: true) }
    at(800, .fault)
    at(300, .forge)
  }

  var isFinished: Bool { processes.values.allSatisfy(\.isDone) && scheduler == nil }

  func at(_ delay: Int, _ item: Item) {
    order += 1
    queue.push(now + UInt64(delay), order, item)
  }

  func fail(_ text: String) {
    if failure == nil { failure = "seed \(seed): \(now) ms: \(text)" }
  }

  /// Runs until everybody is done, something is wrong, or nothing has ended in time.
  func run() -> String? {
    while failure == nil, !isFinished, let (time, item) = queue.pop() {
      now = time
      events += 1
      guard now < 150_000 else {
        fail("I6: no end: \(waiting)")
        break
      }
      step(item)
    }
    if failure == nil { checkEnd() }
    return failure
  }

  private var waiting: String {
    "\(disk.map { "\($0)" } ?? "") "
      + processes.filter { !$0.value.isDone }.sorted { $0.key < $1.key }.map { node, process in
        let worker = process.worker.map { " \($0.phase) step \($0.step)" } ?? ""
        let epoch = process.server.map { " epoch \($0.epoch)" } ?? ""
        return "\(node)\(epoch)\(process.isAlive ? "" : " down")\(worker)"
      }.joined(separator: ", ")
  }

  private func step(_ item: Item) {
    switch item {
    case .deliver(let node, let bytes, let payload):
      do {
        let envelope = try Frame.decode(bytes[...])
        handle(node, .received(envelope), payload)
      } catch { fail("a frame of ours was refused: \(error)") }
    case .tick(let node, let life):
      guard life == self.life(node) else { return }
      handle(node, .tick, Payload())
      at(100, .tick(node, life: life))
    case .ready(let worker, let life, let part):
      if life == self.life(.worker(worker)) { handle(.worker(worker), .ready(part), Payload()) }
    case .synced(let node, let life, let ticket):
      guard life == self.life(node) else { return }
      if node == .scheduler {
        // A file is written in order.
        if ticket > disk?.epoch.asTicket ?? 0 { disk = pendingDisk[ticket] }
      } else if let record = pendingLogs[node]?.removeValue(forKey: ticket) {
        logs[node.index, default: []].append(record)
      }
      handle(node, .synced(ticket), Payload())
    case .restart(let node): restart(node)
    case .fault: fault()
    case .forge: forge()
    }
  }

  func life(_ node: Node) -> Int {
    node == .scheduler ? schedulerLife : processes[node]?.life ?? -1
  }

  func handle(_ node: Node, _ event: Event, _ payload: Payload) {
    var effects: [Effect] = []
    if node == .scheduler {
      effects = scheduler?.handle(event, now: now) ?? []
    } else {
      guard processes[node]?.isAlive == true else { return }
      if node.role == .server {
        effects = processes[node]!.server!.handle(event, now: now)
      } else {
        effects = processes[node]!.worker!.handle(event, now: now)
      }
    }
    for effect in effects { perform(effect, node, payload) }
    if let server = processes[node]?.server, processes[node]!.isAlive { check(server) }
  }

  func send(_ node: Node, from: Node, _ bytes: [UInt8], _ payload: Payload) {
    if cut[from]?.contains(node) == true || cut[node]?.contains(from) == true { return }
    let isFaulty = now < faultsEnd
    if isFaulty && random.below(100) < 4 { return }
    for _ in 0..<(isFaulty && random.below(100) < 8 ? 2 : 1) {
      let isSlow = isFaulty && random.below(100) < 4
      at(1 + random.below(isSlow ? 900 : 15), .deliver(node, bytes, payload))
    }
  }
}

extension UInt32 {
  fileprivate var asTicket: UInt64 { UInt64(self) }
}

/// What comes next, ordered by time, then by when it was asked for.
struct EventQueue<Item> {
  private var heap: [(time: UInt64, order: UInt64, item: Item)] = []

  private func isBefore(_ a: Int, _ b: Int) -> Bool {
    (heap[a].time, heap[a].order) < (heap[b].time, heap[b].order)
  }

  mutating func push(_ time: UInt64, _ order: UInt64, _ item: Item) {
    heap.append((time, order, item))
    var child = heap.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func pop() -> (UInt64, Item)? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while 2 * parent + 1 < heap.count {
      var child = 2 * parent + 1
      if child + 1 < heap.count, isBefore(child + 1, child) { child += 1 }
      guard isBefore(child, parent) else { break }
      heap.swapAt(child, parent)
      parent = child
    }
    return (first.time, first.item)
  }
}
