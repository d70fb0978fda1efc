import CTandem
import Synchronization
import TandemShapes
import TandemThreads

// The only places in which a thread blocks: waits for a variable, for everything, and for room.

extension EngineCore {
  /// For how long a thread sleeps on `progress` before it looks again: whoever ends the last
  /// operation does not pay for a fence, so a wake-up can be missed.
  private static let sliceNanoseconds: Int64 = 1_000_000

  /// Waits until the last write of the variable is done.
  func wait(for variable: Variable, timeout: Duration?) throws(EngineError) {
    ForkedChild.refuse("wait(for:)")
    BlockingRules.check("wait(for:)")
    variable.refuseIfReleased("wait(for:)")
    let thread = EngineThread.current
    let state = TaggedVariable.pointer(variable.word)
    let (isDone, word) = observe(state, thread)
    if isDone { return try rethrow(word) }
    let start = Profiler.isRunning ? tandem_now() : 0
    defer { if start != 0 { Profiler.noteWait("wait", since: start) } }
    if let timeout { return try waitAtMost(timeout, for: state, thread) }
    let cell = WaitCell.take()
    pushWaiter(variable, cell, thread)
    var clock = WaitClock(waits, timeout: nil)
    var spin = Spin()
    repeat {
      if cell.pointee.state.load(ordering: .acquiring) == WaitCell.signalled {
        return try finishWait(cell)
      }
    } while spin.goesOn()
    while true {
      guard WaitCell.announceSleep(cell, EngineHardware.self) else { return try finishWait(cell) }
      let pause = clock.tick({ describe(state, thread) + describeStacks() })
      _ = tandem_futex_wait(cell, WaitCell.asleep, pause ?? -1)
      if cell.pointee.state.load(ordering: .acquiring) == WaitCell.signalled {
        return try finishWait(cell)
      }
    }
  }

  /// Waits with a limit, and leaves nothing behind when that is over: a waiter that was pushed
  /// would stay until the writer is done, and a program that polls would pile them up.
  private func waitAtMost(
    _ timeout: Duration, for state: VariablePointer, _ thread: ThreadPointer
  ) throws(EngineError) {
    let writer = state.pointee.lock.withLock { state.pointee.writer }
    watchers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { watchers.wrappingSubtract(1, ordering: .relaxed) }
    var clock = WaitClock(waits, timeout: timeout)
    var spin = Spin()
    while true {
      let seen = progress.pointee.load(ordering: .acquiring)
      if NodePool.isDone(writer, thread.pointee.base) {
        // A later writer may be running by now, so the poison is read under the lock.
        return try rethrow(state.pointee.lock.withLock { EngineCore.poison(of: state) })
      }
      guard let pause = clock.tick({ describe(state, thread) + describeStacks() }) else {
        throw timedOut(state, thread)
      }
      if !spin.goesOn() {
        _ = tandem_futex_wait(progress, seen, min(pause, EngineCore.sliceNanoseconds))
      }
    }
  }

  private func finishWait(_ cell: UnsafeMutablePointer<WaitCell>) throws(EngineError) {
    let word = cell.pointee.cause
    WaitCell.give(cell)
    try rethrow(word)
  }

  /// Throws what the reference in the word names, and releases it.
  private func rethrow(_ word: UInt) throws(EngineError) {
    guard let reference = PoisonReference(word: word) else { return }
    let cause = reference.object.takeRetainedValue()
    cause.observe()
    throw cause.error
  }

  /// Whether the last write is done, and if so a reference to the poison.
  private func observe(_ variable: VariablePointer, _ thread: ThreadPointer) -> (Bool, UInt) {
    variable.pointee.lock.withLock {
      guard NodePool.isDone(variable.pointee.writer, thread.pointee.base) else { return (false, 0) }
      return (true, EngineCore.poison(of: variable))
    }
  }

  /// A reference to the poison; under the variable's lock, or while no writer can run.
  private static func poison(of variable: VariablePointer) -> UInt {
    PoisonReference(word: variable.pointee.poison.load(ordering: .relaxed))?.retained().word ?? 0
  }

  private func pushWaiter(
    _ variable: Variable, _ cell: UnsafeMutablePointer<WaitCell>, _ thread: ThreadPointer
  ) {
    let node = NodeCalls.begin(
      EmptyPayload.self, "wait", .unknown, OperationOptions(priority: .urgent), isAsync: false)
    node.pointee.flags.insert(.immediate)
    node.pointee.core = .passUnretained(self)
    (UnsafeMutableRawPointer(node) + Node.payloadOffset).storeBytes(
      of: cell, as: UnsafeMutablePointer<WaitCell>.self)
    _ = OperationCounters.bump(counters(thread).pointee.pushed)
    NodeVariables.fill(node, .of(variable), .none)
    if Graph.register(node, thread) { runImmediate(node, thread) }
  }

  /// Ends a waiter: notes the poison while no writer can run, then lets the thread go.
  @inline(never)
  func runImmediate(_ node: NodePointer, _ thread: ThreadPointer) {
    let cell = (UnsafeMutableRawPointer(node) + Node.payloadOffset)
      .load(as: UnsafeMutablePointer<WaitCell>.self)
    let variable = TaggedVariable.pointer(NodeVariables.list(node).pointee)
    cell.pointee.cause = EngineCore.poison(of: variable)
    node.pointee.flags.remove(.immediate)
    if let next = finishWaiter(node, thread) { enqueue(next, thread) }
    WaitCell.signal(cell, EngineHardware.self)
  }

  @inline(never)
  private func finishWaiter(_ node: NodePointer, _ thread: ThreadPointer) -> NodePointer? {
    // Not `setPoison`: a waiter writes nothing.
    finish(node, nil, thread)
  }

  // MARK: Everything

  /// Waits until a moment at which nothing is in flight; false if the time was over before.
  func waitUntilIdle(timeout: Duration?) -> Bool {
    waitUntilIdle(timeout: timeout, { _ in "all operations" }, until: { $0.operations == 0 })
  }

  /// Waits until a condition holds; false if the time was over before.
  ///
  /// - Parameter what: what a report calls it.
  func waitUntilIdle(
    timeout: Duration?, _ what: (InFlight) -> String, until isMet: (InFlight) -> Bool
  ) -> Bool {
    if isMet(inFlight) { return true }
    let start = Profiler.isRunning ? tandem_now() : 0
    defer { if start != 0 { Profiler.noteWait("wait for room or all", since: start) } }
    watchers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    defer { watchers.wrappingSubtract(1, ordering: .relaxed) }
    var clock = WaitClock(waits, timeout: timeout)
    // Not for long: whoever waits for room is far ahead, and the cores are the workers'.
    var spin = Spin(nanoseconds: 5_000)
    while true {
      let seen = progress.pointee.load(ordering: .acquiring)
      if isMet(inFlight) { return true }
      guard let pause = clock.tick({ describe(what(inFlight)) + describeStacks() })
      else { return false }
      if !spin.goesOn() {
        _ = tandem_futex_wait(progress, seen, min(pause, EngineCore.sliceNanoseconds))
      }
    }
  }

  // MARK: Room

  /// Counts the push, and lets a user's thread that is too far ahead wait.
  @inline(__always)
  func admit(_ node: NodePointer, _ counters: UnsafeMutablePointer<OperationCounters>) {
    if isShutDown.load(ordering: .relaxed) { failShutDown(node) }
    // Before it is counted, lest it waits for itself.
    if counters.pointee.pushed.load(ordering: .relaxed) & 63 == 63
      || node.pointee.declaredKilobytes >= 1024
    {
      awaitRoom(EngineCore.title(node))
    }
    if node.pointee.declaredKilobytes != 0 {
      _ = OperationCounters.bump(
        counters.pointee.kilobytesPushed, by: Int(node.pointee.declaredKilobytes))
    }
    if node.pointee.flags.contains(.finishesBeforeExit) {
      _ = OperationCounters.bump(counters.pointee.exitCriticalPushed)
    }
    _ = OperationCounters.bump(counters.pointee.pushed)
  }

  /// Waits as pushes of so many operations would.
  func awaitRoom(for count: Int, bytes: Int, of program: @autoclosure () -> String) {
    let pushed = counters(EngineThread.current).pointee.pushed.load(ordering: .relaxed)
    guard Int(pushed & 63) + count > 63 || bytes >= 1 << 20 else { return }
    awaitRoom("\(count) operations of \(program())")
  }

  /// The name of a node that is about to be pushed, and where.
  private static func title(_ node: NodePointer) -> String {
    let site = CallSite(word: node.pointee.site.load(ordering: .relaxed))
    let name = EngineLabel(word: node.pointee.name.load(ordering: .relaxed)).description
    return site == .unknown ? name : "\(name) (\(site))"
  }

  @inline(never)
  private func awaitRoom(_ title: @autoclosure () -> String) {
    let words = tandem_thread()
    guard words.pointee.team == nil, words.pointee.depth == 0,
      !EngineThread.current.pointee.neverBlocks
    else { return }
    let limits = limits
    func hasRoom(_ now: InFlight, _ share: Int) -> Bool {
      now.operations <= limits.operationsInFlightMax / share
        && now.kilobytes <= limits.declaredBytesInFlightMax >> 10 / share
    }
    if hasRoom(inFlight, 1) { return }
    _ = waitUntilIdle(
      timeout: nil, { "\(title()), not queued yet, for room: \(limits.description(of: $0))" },
      until: { hasRoom($0, 2) })
  }

  @inline(never)
  private func failShutDown(_ node: NodePointer) -> Never {
    ForkedChild.refuse(
      EngineLabel(word: node.pointee.name.load(ordering: .relaxed)).description,
      at: CallSite(word: node.pointee.site.load(ordering: .relaxed)))
    fail(
      "\(EngineLabel(word: node.pointee.name.load(ordering: .relaxed))): "
        + "pushed to an engine that was shut down",
      at: CallSite(word: node.pointee.site.load(ordering: .relaxed)))
  }
}
