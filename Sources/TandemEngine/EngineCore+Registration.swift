import CTandem
import Synchronization
import TandemShapes
import TandemThreads

// From a filled node to a registered one: the variables are locked in address order, all of them,
// so that two threads that push {a, b} and {b, a} never wait for each other in a circle.

extension EngineCore {
  /// Registers the node and runs or queues it if nothing is in its way.
  func submit(_ node: NodePointer, _ reading: VariableList, _ writing: VariableList) {
    let thread = EngineThread.current
    let counters = counters(thread)
    admit(node, counters)
    NodeVariables.fill(node, reading, writing)
    let flags = node.pointee.flags
    guard register(node, thread) else { return }
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

  /// Makes the node known to its variables; true if everything before it is done.
  func register(_ node: NodePointer, _ thread: ThreadPointer) -> Bool {
    let generation = node.pointee.head.load(ordering: .relaxed) >> 32
    let reference = generation << 32 | UInt64(node.pointee.owner)
    node.pointee.stage.store(Stage.waiting, ordering: .relaxed)
    node.pointee.pending.store(Node.registering, ordering: .relaxed)
    node.pointee.head.store(generation << 32, ordering: .releasing)
    let variables = NodeVariables.list(node)
    let count = Int(node.pointee.variableCount)
    for index in 0..<count { TaggedVariable.pointer(variables[index]).pointee.lock.lock() }
    var waitsFor: Int32 = 0
    for index in 0..<count {
      let variable = TaggedVariable.pointer(variables[index])
      if variables[index] & TaggedVariable.write != 0 {
        waitsFor += addWriter(node, reference, variable, thread)
      } else {
        waitsFor += addReader(node, reference, variable, thread)
      }
    }
    for index in 0..<count { TaggedVariable.pointer(variables[index]).pointee.lock.unlock() }
    if waitsFor == 0 { return true }
    let left = node.pointee.pending.wrappingSubtract(
      Node.registering - waitsFor, ordering: .acquiringAndReleasing)
    return left.newValue == 0
  }

  @inline(__always)
  private func addReader(
    _ node: NodePointer, _ reference: NodeReference, _ variable: VariablePointer,
    _ thread: ThreadPointer
  ) -> Int32 {
    var waitsFor: Int32 = 0
    let writer = variable.pointee.writer
    if writer != 0 {
      let isOpen = wait(node, for: writer, thread, &waitsFor)
      if !isOpen { variable.pointee.writer = 0 }
    }
    VariableState.addReader(reference, to: variable, thread.pointee.base)
    return waitsFor
  }

  /// A writer waits for all readers, which wait for the writer before them.
  @inline(__always)
  private func addWriter(
    _ node: NodePointer, _ reference: NodeReference, _ variable: VariablePointer,
    _ thread: ThreadPointer
  ) -> Int32 {
    var waitsFor: Int32 = 0
    let readerCount = Int(variable.pointee.readerCount)
    if readerCount > 0 {
      let readers = VariableState.readers(variable)
      for index in 0..<readerCount { _ = wait(node, for: readers[index], thread, &waitsFor) }
      variable.pointee.readerCount = 0
    } else if variable.pointee.writer != 0 {
      _ = wait(node, for: variable.pointee.writer, thread, &waitsFor)
    }
    variable.pointee.writer = reference
    return waitsFor
  }

  /// Puts the node on the list of those that wait for `reference`; false if that one is done.
  @inline(__always)
  private func wait(
    _ node: NodePointer, for reference: NodeReference, _ thread: ThreadPointer,
    _ waitsFor: inout Int32
  ) -> Bool {
    let base = thread.pointee.base
    let before = NodePool.node(UInt32(truncatingIfNeeded: reference), base)
    var head = before.pointee.head.load(ordering: .acquiring)
    guard head >> 32 == reference >> 32 else { return false }
    // Two variables of one operation: on its list already.
    if UInt32(truncatingIfNeeded: head) / Node.wordsPerNode == node.pointee.owner { return true }
    let cell = takeCell(node, thread)
    while true {
      NodePool.link(cell, base).pointee = UInt32(truncatingIfNeeded: head)
      let (done, now) = before.pointee.head.compareExchange(
        expected: head, desired: (reference >> 32) << 32 | UInt64(cell),
        successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
      if done { break }
      head = now
      guard head >> 32 == reference >> 32 else {
        node.pointee.linkCount -= 1
        return false
      }
    }
    waitsFor += 1
    return true
  }

  /// A cell of the node for one more list.
  @inline(__always)
  private func takeCell(_ node: NodePointer, _ thread: ThreadPointer) -> UInt32 {
    let used = node.pointee.linkCount
    node.pointee.linkCount += 1
    guard used >= UInt32(Node.inlineLinks) else {
      return node.pointee.owner * Node.wordsPerNode + Node.firstLinkWord + used
    }
    return takeExtensionCell(node, used - UInt32(Node.inlineLinks), thread)
  }

  @inline(never)
  private func takeExtensionCell(
    _ node: NodePointer, _ used: UInt32, _ thread: ThreadPointer
  ) -> UInt32 {
    let perNode = Node.wordsPerNode - Node.extensionFirstWord
    let slot = used % perNode
    // A cell that was given back may be the first of the newest extension.
    let isMissing = used / perNode == node.pointee.extensionCount
    if isMissing {
      let more = thread.pointee.takeNode()
      more.pointee.next = node.pointee.firstExtension
      node.pointee.firstExtension = more.pointee.owner
      more.pointee.owner = node.pointee.owner
      node.pointee.extensionCount += 1
    }
    return node.pointee.firstExtension * Node.wordsPerNode + Node.extensionFirstWord + slot
  }
}
