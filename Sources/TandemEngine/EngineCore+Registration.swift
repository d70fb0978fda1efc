import Synchronization
import TandemShapes
import TandemThreads

// From a filled node to a queued one.

extension EngineCore {
  typealias Graph = DependencyGraph<EngineHardware>

  /// Registers the node and runs or queues it if nothing is in its way.
  func submit(_ node: NodePointer, _ reading: VariableList, _ writing: VariableList) {
    let thread = EngineThread.current
    let counters = counters(thread)
    admit(node, counters)
    node.pointee.core = .passUnretained(self)
    NodeVariables.fill(node, reading, writing)
    let flags = node.pointee.flags
    guard Graph.register(node, thread) else { return }
    if flags.contains(.tiny), !flags.contains(.isAsync) {
      // Nothing is in its way, and handing it to another core would take longer than running it.
      if let next = run(node, thread, isWorker: false) { enqueue(next, thread) }
      if watchers.load(ordering: .relaxed) != 0 { announceProgress() }
    } else {
      enqueue(node, thread)
    }
  }

  @inline(__always)
  func enqueue(_ node: NodePointer, _ thread: ThreadPointer) {
    node.pointee.stage.store(Stage.ready, ordering: .relaxed)
    ready.push(node, thread.pointee.base)
    team._withUnsafeGuaranteedRef { $0.notify() }
  }
}
