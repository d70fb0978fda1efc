import CTandem
import Synchronization
import TandemShapes
import TandemThreads

/// Filling nodes and calling what is stored in them; the same for every engine.
enum NodeCalls {
  /// A node for an operation, filled but for its payload and variables.
  @inline(__always)
  static func begin(
    _ type: any OperationPayload.Type, _ name: EngineLabel, _ site: CallSite,
    _ options: OperationOptions, isAsync: Bool
  ) -> NodePointer {
    let node = EngineThread.current.pointee.takeNode()
    node.pointee.type = type
    node.pointee.name.store(name.word, ordering: .relaxed)
    node.pointee.site.store(site.word, ordering: .relaxed)
    node.pointee.modulePath = options.modulePath
    node.pointee.linkCount = 0
    node.pointee.declaredKilobytes = UInt32(
      clamping: (UInt(clamping: options.declaredBytes) &+ 1023) >> 10)
    var flags = UInt32(options.priority.rawValue)
    if options.isTiny { flags |= Node.Flags.tiny.rawValue }
    if options.finishesBeforeExit { flags |= Node.Flags.finishesBeforeExit.rawValue }
    if isAsync {
      flags |= Node.Flags.isAsync.rawValue
      node.pointee.cause = nil
      let generation = node.pointee.head.load(ordering: .relaxed) >> 32
      node.pointee.completion.store(generation << 32, ordering: .relaxed)
    }
    node.pointee.flags = Node.Flags(rawValue: flags)
    return node
  }

  @inline(__always)
  static func reference(_ node: NodePointer) -> NodeReference {
    (node.pointee.head.load(ordering: .relaxed) >> 32) << 32 | UInt64(node.pointee.owner)
  }

  /// Where the payload lies: in the node, or where the node says.
  @inline(__always)
  static func payload(_ node: NodePointer) -> UnsafeMutableRawPointer {
    let inline = UnsafeMutableRawPointer(node) + Node.payloadOffset
    guard node.pointee.flags.contains(.boxed) else { return inline }
    return inline.load(as: UnsafeMutableRawPointer.self)
  }

  /// Memory for a payload that does not fit; freed by ``destroyPayload(_:)``.
  @inline(never)
  static func makeBox(_ node: NodePointer, byteCount: Int) -> UnsafeMutableRawPointer {
    let box = BufferPool.shared.allocate(byteCount: byteCount)
    let inline = UnsafeMutableRawPointer(node) + Node.payloadOffset
    inline.storeBytes(of: box, as: UnsafeMutableRawPointer.self)
    inline.storeBytes(of: byteCount, toByteOffset: 8, as: Int.self)
    node.pointee.flags.insert(.boxed)
    return box
  }

  /// Runs the payload; returns what it throws.
  @inline(__always)
  static func run(
    _ node: NodePointer, _ parallel: ParallelContext, _ thread: ThreadPointer
  ) -> OperationFailure? {
    let outer = thread.pointee.runningNode
    thread.pointee.runningNode = node
    defer { thread.pointee.runningNode = outer }
    return Profiler.isOn.load(ordering: .relaxed)
      ? runNoted(node, parallel, thread) : runPlain(node, parallel)
  }

  /// What runs on the calling thread, if it is an operation. Allocates nothing for the thread:
  /// the pool asks when it has no memory, and under its locks.
  @Sendable
  static func running() -> (name: String, site: CallSite)? {
    guard let own = tandem_thread().pointee.engine,
      let node = own.assumingMemoryBound(to: EngineThread.self).pointee.runningNode
    else { return nil }
    return (
      EngineLabel(word: node.pointee.name.load(ordering: .relaxed)).description,
      CallSite(word: node.pointee.site.load(ordering: .relaxed))
    )
  }

  /// The same while a profile is recorded.
  @inline(never)
  private static func runNoted(
    _ node: NodePointer, _ parallel: ParallelContext, _ thread: ThreadPointer
  ) -> OperationFailure? {
    let label = EngineLabel(word: node.pointee.name.load(ordering: .relaxed))
    let site = CallSite(word: node.pointee.site.load(ordering: .relaxed))
    let path = node.pointee.modulePath
    // An asynchronous operation may be completed, and its payload gone, before `run` returns.
    let work = node.pointee.type._work(at: payload(node))
    let allocated = BufferPool.shared.bytesAllocatedByThread
    let outer = thread.pointee.runningSite
    thread.pointee.runningSite = site.word
    let start = tandem_now()
    let failure = runPlain(node, parallel)
    thread.pointee.runningSite = outer
    var event = Profile.Event(kind: .operation, label: label, start: start, end: tandem_now())
    event.allocatedBytes = BufferPool.shared.bytesAllocatedByThread - allocated
    (event.site, event.modulePath, event.work) = (site, path, work)
    event.hasFailed = failure != nil
    Profiler.note(event)
    return failure
  }

  @inline(__always)
  private static func runPlain(
    _ node: NodePointer, _ parallel: ParallelContext
  ) -> OperationFailure? {
    let isAsync = node.pointee.flags.contains(.isAsync)
    let context = OperationContext(
      parallel: parallel, completion: Completion(reference: isAsync ? reference(node) : 0),
      node: node)
    do throws(OperationFailure) {
      try node.pointee.type._run(at: payload(node), context)
      return nil
    } catch { return error }
  }

  @inline(__always)
  static func destroyPayload(_ node: NodePointer) {
    node.pointee.type._destroy(at: payload(node))
    if node.pointee.flags.contains(.boxed) { freeBox(node) }
  }

  @inline(never)
  private static func freeBox(_ node: NodePointer) {
    let inline = UnsafeMutableRawPointer(node) + Node.payloadOffset
    BufferPool.shared.deallocate(
      payload(node), byteCount: inline.load(fromByteOffset: 8, as: Int.self))
  }

  /// Gives back what the node holds and returns the head of its next life, closed.
  @inline(__always)
  static func recycled(_ node: NodePointer, _ thread: ThreadPointer) -> UInt64 {
    if node.pointee.flags.contains(.variablesOnHeap) { NodeVariables.freeList(node) }
    if node.pointee.firstExtension != 0 { freeExtensions(node, thread) }
    let generation = (node.pointee.head.load(ordering: .relaxed) >> 32) &+ 1
    return generation << 32 | UInt64(Node.closed)
  }

  /// Gives the nodes back that only held link cells.
  @inline(never)
  private static func freeExtensions(_ node: NodePointer, _ thread: ThreadPointer) {
    var number = node.pointee.firstExtension
    while number != 0 {
      let more = NodePool.node(number, thread.pointee.base)
      let next = more.pointee.next
      more.pointee.owner = number
      thread.pointee.giveNode(more)
      number = next
    }
    node.pointee.firstExtension = 0
    node.pointee.extensionCount = 0
  }

  /// The failure of a node's operation with its name and place.
  static func error(_ node: NodePointer, _ failure: OperationFailure) -> EngineError {
    let path = node.pointee.modulePath
    return EngineError(
      .operationFailed, failure.message,
      operation: EngineLabel(word: node.pointee.name.load(ordering: .relaxed)).description,
      site: CallSite(word: node.pointee.site.load(ordering: .relaxed)),
      modulePath: path == .none ? nil : path.description)
  }
}

/// Does nothing; what a node holds that is not in use, and what a waiter runs.
struct EmptyPayload: OperationPayload {
  static let operationName: EngineLabel = "wait"
  func run(_ context: borrowing OperationContext) {}
}
