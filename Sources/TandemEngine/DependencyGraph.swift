import Synchronization
import TandemThreads

/// Which operations wait for which: how a node becomes known to its variables, and how it lets
/// those go on that wait for it.
///
/// The variables are locked in address order, all of them, so that two threads that push {a, b} and
/// {b, a} never wait for each other in a circle. Completion takes no lock.
enum DependencyGraph<Model: AtomicModel> {
  /// Makes a filled node known to its variables; true if everything before it is done.
  @inline(__always)
  static func register(_ node: NodePointer, _ thread: ThreadPointer) -> Bool {
    let reference = open(node)
    let variables = NodeVariables.list(node)
    let count = Int(node.pointee.variableCount)
    for index in 0..<count { Model.lock(TaggedVariable.pointer(variables[index]).pointee.lock) }
    var waitsFor: Int32 = 0
    for index in 0..<count { waitsFor += add(node, reference, variables[index], thread) }
    for index in 0..<count { Model.unlock(TaggedVariable.pointer(variables[index]).pointee.lock) }
    return settle(node, waitsFor)
  }

  /// Opens the node's list: from now on others may wait for it.
  @inline(__always)
  static func open(_ node: NodePointer) -> NodeReference {
    let generation = node.pointee.head.load(ordering: .relaxed) >> 32
    node.pointee.stage.store(Stage.waiting, ordering: .relaxed)
    node.pointee.pending.store(Node.registering, ordering: .relaxed)
    Model.step()
    node.pointee.head.store(generation << 32, ordering: .releasing)
    return generation << 32 | UInt64(node.pointee.owner)
  }

  /// Adds the node to one locked variable; returns for how many operations it waits there.
  @inline(__always)
  static func add(
    _ node: NodePointer, _ reference: NodeReference, _ word: UInt64, _ thread: ThreadPointer
  ) -> Int32 {
    let variable = TaggedVariable.pointer(word)
    return word & TaggedVariable.write != 0
      ? addWriter(node, reference, variable, thread) : addReader(node, reference, variable, thread)
  }

  /// Ends the registration; true if everything before the node is done.
  @inline(__always)
  static func settle(_ node: NodePointer, _ waitsFor: Int32) -> Bool {
    if waitsFor == 0 { return true }
    Model.step()
    let left = node.pointee.pending.wrappingSubtract(
      Node.registering - waitsFor, ordering: .acquiringAndReleasing)
    return left.newValue == 0
  }

  @inline(__always)
  private static func addReader(
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
  private static func addWriter(
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
  private static func wait(
    _ node: NodePointer, for reference: NodeReference, _ thread: ThreadPointer,
    _ waitsFor: inout Int32
  ) -> Bool {
    let base = thread.pointee.base
    let before = NodePool.node(UInt32(truncatingIfNeeded: reference), base)
    Model.step()
    var head = before.pointee.head.load(ordering: .acquiring)
    guard head >> 32 == reference >> 32 else { return false }
    // Two variables of one operation: on its list already.
    if UInt32(truncatingIfNeeded: head) / Node.wordsPerNode == node.pointee.owner { return true }
    let cell = takeCell(node, thread)
    while true {
      NodePool.link(cell, base).pointee = UInt32(truncatingIfNeeded: head)
      Model.step()
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
  private static func takeCell(_ node: NodePointer, _ thread: ThreadPointer) -> UInt32 {
    let used = node.pointee.linkCount
    node.pointee.linkCount += 1
    guard used >= UInt32(Node.inlineLinks) else {
      return node.pointee.owner * Node.wordsPerNode + Node.firstLinkWord + used
    }
    return takeExtensionCell(node, used - UInt32(Node.inlineLinks), thread)
  }

  @inline(never)
  private static func takeExtensionCell(
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

  // MARK: Completion

  /// Closes the node's list for good and returns it. From now on the node may be given back.
  @inline(__always)
  static func shut(_ node: NodePointer, _ thread: ThreadPointer) -> UInt32 {
    let shut = NodeCalls.recycled(node, thread)
    Model.step()
    return UInt32(
      truncatingIfNeeded: node.pointee.head.exchange(shut, ordering: .acquiringAndReleasing))
  }

  /// Counts down those on a list and calls `body` with each that is ready now.
  @inline(__always)
  static func release(
    _ list: UInt32, _ base: UnsafeMutableRawPointer, _ body: (NodePointer) -> Void
  ) {
    var cell = list
    while cell != 0 {
      let next = NodePool.link(cell, base).pointee
      let holder = NodePool.node(cell / Node.wordsPerNode, base)
      let waiting = NodePool.node(holder.pointee.owner, base)
      Model.step()
      let left = waiting.pointee.pending.wrappingSubtract(1, ordering: .acquiringAndReleasing)
      if left.newValue == 0 { body(waiting) }
      cell = next
    }
  }
}
