import TandemShapes
import TandemThreads

@testable import TandemEngine

/// A small world of nodes and variables in which the engine's own registration and completion run
/// under ``VirtualThreads``: some threads push, others run what is ready.
final class GraphModel {
  typealias Graph = DependencyGraph<Virtual>

  /// A mistake planted on purpose, built from the engine's own pieces.
  enum Fault { case none, oneByOneRegistration, earlyRecycling }

  struct Operation {
    let reads: [Int]
    let writes: [Int]
  }

  private let fault: Fault
  /// What each pushing thread pushes, in order.
  private let programs: [[Operation]]
  private let variables: [VariablePointer]
  private let memory: UnsafeMutableRawPointer
  /// Shared by all threads, so that a node given back too early is soon another operation.
  private var free: [NodePointer] = []
  private var ready: [NodePointer] = []
  private var runCount: [Int: Int] = [:]
  private var order: [Int] = []
  private var writers: [Int]
  private var readers: [Int]
  private var finished = 0

  init(_ programs: [[Operation]], variables count: Int, fault: Fault) {
    (self.programs, self.fault) = (programs, fault)
    let stride = MemoryLayout<VariableState>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * stride, alignment: 64)
    self.memory = memory
    variables = (0..<count).map {
      (memory + $0 * stride).bindMemory(to: VariableState.self, capacity: 1)
    }
    for variable in variables { variable.initialize(to: VariableState()) }
    writers = [Int](repeating: 0, count: count)
    readers = writers
    let thread = EngineThread.current
    for _ in 0..<2 { free.append(thread.pointee.takeNode()) }
  }

  deinit {
    for variable in variables { variable.deinitialize(count: 1) }
    memory.deallocate()
    for node in free { EngineThread.current.pointee.giveNode(node) }
  }

  private var total: Int { programs.reduce(0) { $0 + $1.count } }

  /// One thread for each program, and `workers` that run what is ready.
  func bodies(workers: Int) -> [() -> Void] {
    let pushers = programs.indices.map { thread in
      {
        for index in self.programs[thread].indices { self.push(thread * 100 + index) }
      }
    }
    return pushers + (0..<workers).map { _ in { self.work() } }
  }

  /// What is wrong with a run that came to its end.
  func check() -> String? {
    if finished != total { return "\(finished) of \(total) operations finished" }
    if let twice = runCount.first(where: { $0.value != 1 }) {
      return "operation \(twice.key) ran twice"
    }
    for (thread, program) in programs.enumerated() {
      for later in program.indices {
        for earlier in 0..<later
        where !Set(program[earlier].writes).isDisjoint(with: program[later].writes) {
          let (a, b) = (thread * 100 + earlier, thread * 100 + later)
          if order.firstIndex(of: a)! > order.firstIndex(of: b)! { return "\(b) ran before \(a)" }
        }
      }
    }
    return nil
  }

  private func handle(_ index: Int) -> Variable {
    Variable(word: UInt64(UInt(bitPattern: variables[index])))
  }

  private func takeNode() -> NodePointer {
    Virtual.step()
    return free.popLast() ?? EngineThread.current.pointee.takeNode()
  }

  private func push(_ id: Int) {
    let operation = programs[id / 100][id % 100]
    let node = takeNode()
    node.pointee.linkCount = 0
    node.pointee.flags = []
    payload(node).pointee = id
    let reads = operation.reads.map(handle)
    let writes = operation.writes.map(handle)
    reads.withUnsafeBufferPointer { reads in
      writes.withUnsafeBufferPointer { writes in
        NodeVariables.fill(node, VariableList(reads), VariableList(writes))
      }
    }
    if register(node) { ready.append(node) }
  }

  private func payload(_ node: NodePointer) -> UnsafeMutablePointer<Int> {
    (UnsafeMutableRawPointer(node) + Node.payloadOffset).assumingMemoryBound(to: Int.self)
  }

  private func register(_ node: NodePointer) -> Bool {
    let thread = EngineThread.current
    guard fault == .oneByOneRegistration else { return Graph.register(node, thread) }
    let reference = Graph.open(node)
    let list = NodeVariables.list(node)
    var waitsFor: Int32 = 0
    // In the order of the push, each alone.
    let words = (0..<Int(node.pointee.variableCount)).map { list[$0] }
    for word in words.sorted(by: { TaggedVariable.place($0) < TaggedVariable.place($1) }) {
      Virtual.lock(TaggedVariable.pointer(word).pointee.lock)
      waitsFor += Graph.add(node, reference, word, thread)
      Virtual.unlock(TaggedVariable.pointer(word).pointee.lock)
    }
    return Graph.settle(node, waitsFor)
  }

  private func work() {
    while true {
      VirtualThreads.active.block { [self] in !ready.isEmpty || finished == total }
      guard !ready.isEmpty else { return }
      perform(ready.removeFirst())
    }
  }

  private func perform(_ node: NodePointer) {
    let id = payload(node).pointee
    guard programs.indices.contains(id / 100), programs[id / 100].indices.contains(id % 100) else {
      VirtualThreads.active.fail("a node without an operation ran")
    }
    let operation = programs[id / 100][id % 100]
    enter(operation)
    Virtual.step()
    leave(operation)
    runCount[id, default: 0] += 1
    order.append(id)
    complete(node)
    finished += 1
  }

  private func enter(_ operation: Operation) {
    for index in operation.writes {
      if writers[index] + readers[index] != 0 {
        VirtualThreads.active.fail("two operations at once on variable \(index)")
      }
    }
    for index in operation.reads where writers[index] != 0 {
      VirtualThreads.active.fail("a read during a write of variable \(index)")
    }
    for index in operation.writes { writers[index] += 1 }
    for index in operation.reads { readers[index] += 1 }
  }

  private func leave(_ operation: Operation) {
    for index in operation.writes { writers[index] -= 1 }
    for index in operation.reads { readers[index] -= 1 }
  }

  private func complete(_ node: NodePointer) {
    let thread = EngineThread.current
    if fault == .earlyRecycling {
      free.append(node)
      Virtual.step()
    }
    let list = Graph.shut(node, thread)
    // What the engine never sees; walking such a list would leave the model's world.
    if list == Node.closed { VirtualThreads.active.fail("a node was finished twice") }
    if fault != .earlyRecycling { free.append(node) }
    Graph.release(list, thread.pointee.base) { ready.append($0) }
  }
}
