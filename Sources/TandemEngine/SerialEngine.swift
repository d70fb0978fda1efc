import CTandem
import Synchronization
import TandemShapes
import TandemThreads

/// Runs each operation inside its push: no threads, no graph. What the other engines must agree
/// with; chosen by `TANDEM_ENGINE=serial`.
///
/// A push from inside an operation runs at once, too. An asynchronous operation is started by its
/// push; a later push or wait that uses one of its variables first waits for its completion. An
/// operation never waits, nor does a thread whose pushes never do: what these push is put off until
/// that completion, and runs on the thread that completes.
public final class SerialEngine: Engine, @unchecked Sendable {
  // Sendable: `errors` and `poisoned` are thread-safe, `turn` lets one thread in at a time, and the
  // completion of an asynchronous operation only touches what its claim gave it.

  private let errors = ErrorLedger()
  private let poisoned = PoisonCounter()
  private let turn = RecursiveTurn()
  private let waits: WaitReporting
  private let abandoned = AbandonedPayloads()
  private let pending = PendingOperations()

  /// An engine without threads.
  public init(waits: WaitReporting = WaitReporting()) {
    self.waits = waits
    super.init()
    errors.addEngine()
    tandem_watch_fork(nil)
  }

  deinit { errors.removeEngine() }

  public override var kind: String { "serial" }

  override func submit(_ node: NodePointer, _ reading: VariableList, _ writing: VariableList) {
    NodeVariables.fill(node, reading, writing)
    let list = NodeVariables.list(node)
    let variables = (0..<Int(node.pointee.variableCount)).map { list[$0] }
    if tandem_thread().pointee.depth != 0 || EngineThread.current.pointee.neverBlocks {
      turn.enter()
      defer { turn.leave() }
      // Under the turn: nobody starts what stands in the way after the look, and nobody runs the
      // operation before its variables are kept.
      if putOff(node, variables) { return }
      perform(node, variables)
    } else {
      enter(for: node, using: variables)
      defer { turn.leave() }
      perform(node, variables)
    }
  }

  /// Puts an operation off if it cannot run yet; the calling thread has the turn.
  private func putOff(_ node: NodePointer, _ variables: [UInt64]) -> Bool {
    if ForkedChild.isCurrent, !pending.isFree(variables) { refuse(node) }
    let reference = NodeCalls.reference(node)
    guard pending.putOff(node, variables) else { return false }
    keep(variables, for: reference)
    return true
  }

  /// Stops a child made by fork: what would complete the operation's predecessor is not there.
  private func refuse(_ node: NodePointer) {
    ForkedChild.refuse(
      EngineLabel(word: node.pointee.name.load(ordering: .relaxed)).description,
      at: CallSite(word: node.pointee.site.load(ordering: .relaxed)))
  }

  /// Runs or starts an operation; the calling thread has the turn. False if it was only started.
  @discardableResult
  private func perform(_ node: NodePointer, _ variables: [UInt64]) -> Bool {
    let read = variables.filter { $0 & TaggedVariable.read != 0 }
    let causes = read.sorted { TaggedVariable.place($0) < TaggedVariable.place($1) }.compactMap {
      SerialEngine.cause(TaggedVariable.pointer($0))
    }
    if let cause = causes.first {
      end(node, variables, cause)
      return true
    }
    if node.pointee.flags.contains(.isAsync) {
      start(node, variables)
      return false
    }
    let failure = call(node)
    end(node, variables, failure.map { record(node, $0) })
    return true
  }

  private func call(_ node: NodePointer) -> OperationFailure? {
    let words = tandem_thread()
    words.pointee.depth += 2
    defer { words.pointee.depth -= 2 }
    return NodeCalls.run(node, .serial, EngineThread.current)
  }

  private func record(_ node: NodePointer, _ failure: OperationFailure) -> PoisonCause {
    errors.record(NodeCalls.error(node, failure), poisoned)
  }

  private static func cause(_ variable: VariablePointer) -> PoisonCause? {
    variable.pointee.lock.withLock {
      PoisonReference(word: variable.pointee.poison.load(ordering: .relaxed))?
        .object.takeUnretainedValue()
    }
  }

  private func end(_ node: NodePointer, _ variables: [UInt64], _ cause: PoisonCause?) {
    for word in variables where word & TaggedVariable.write != 0 {
      PoisonReference.set(
        cause.map { PoisonReference(borrowing: $0) }, on: TaggedVariable.pointer(word))
    }
    NodeCalls.destroyPayload(node)
    let thread = EngineThread.current
    node.pointee.head.store(NodeCalls.recycled(node, thread), ordering: .releasing)
    thread.pointee.giveNode(node)
  }

  // MARK: Asynchronous operations

  private func start(_ node: NodePointer, _ variables: [UInt64]) {
    let reference = NodeCalls.reference(node)
    pending.start(node, variables)
    keep(variables, for: reference)
    if let failure = call(node), AsyncState.claim(node, reference >> 32, EngineHardware.self) {
      finish(node, reference, record(node, failure))
      return
    }
    if AsyncState.noteStarted(node, EngineHardware.self) { finishCompleted(node, reference) }
  }

  /// A variable that is released meanwhile is not given to others before the operation's end.
  private func keep(_ variables: [UInt64], for reference: NodeReference) {
    for word in variables {
      let variable = TaggedVariable.pointer(word)
      variable.pointee.lock.withLock { variable.pointee.writer = reference }
    }
  }

  @discardableResult
  public override func complete(
    _ completion: Completion, failing failure: OperationFailure? = nil
  ) -> Bool {
    if end(completion, failing: failure, bits: AsyncState.completed) { return true }
    abandoned.arrived(completion.reference)
    return false
  }

  @discardableResult
  public override func abandon(_ completion: Completion, failing failure: OperationFailure) -> Bool
  {
    guard completion.reference != 0, abandoned.reserve(completion.reference) else { return false }
    let bits = AsyncState.completed | AsyncState.abandoned
    if end(completion, failing: failure, bits: bits) { return true }
    abandoned.cancel(completion.reference)
    return false
  }

  private func end(
    _ completion: Completion, failing failure: OperationFailure?, bits: UInt64
  ) -> Bool {
    let number = UInt32(truncatingIfNeeded: completion.reference)
    let node = NodePool.node(number, EngineThread.current.pointee.base)
    guard number != 0,
      AsyncState.claim(node, completion.reference >> 32, EngineHardware.self)
    else { return false }
    node.pointee.cause = failure.map { PoisonReference(retaining: record(node, $0)) }
    if AsyncState.end(node, bits: bits, EngineHardware.self) {
      finishCompleted(node, completion.reference)
    }
    return true
  }

  private func finishCompleted(_ node: NodePointer, _ reference: NodeReference) {
    if node.pointee.completion.load(ordering: .relaxed) & AsyncState.abandoned != 0 {
      abandoned.keep(node, reference)
    }
    finish(node, reference, node.pointee.cause?.object.takeRetainedValue())
  }

  private func finish(_ node: NodePointer, _ reference: NodeReference, _ cause: PoisonCause?) {
    end(node, pending.variables(of: reference), cause)
    let isSomePutOff = pending.remove(reference)
    turn.announce()
    if isSomePutOff { runPutOff() }
  }

  /// Runs what was put off and can run now.
  private func runPutOff() {
    turn.enter()
    defer { turn.leave() }
    while let one = pending.takePutOff() {
      guard perform(one.node, one.variables) else { continue }
      _ = pending.remove(one.reference)
      // Whoever waits for this one does not wait for those that come after it.
      turn.announce()
    }
  }

  /// Takes the turn at a moment at which no pending operation uses the variables; only who has the
  /// turn starts one. Sleeps without it: whoever is to complete what this waits for may push
  /// before.
  private func enter(for node: NodePointer, using variables: [UInt64]) {
    turn.enter()
    while !pending.isFree(variables) {
      turn.leave()
      refuse(node)
      _ = turn.sleep(waits, timeout: nil) {
        let name = EngineLabel(word: node.pointee.name.load(ordering: .relaxed))
        return "\(name), not run yet, for "
          + self.describe(self.pending.first(usingAnyOf: variables))
      } until: {
        self.pending.isFree(variables)
      }
      turn.enter()
    }
  }

  private func describe(_ operation: PendingOperations.Operation?) -> String {
    operation?.text ?? "an operation that is just done"
  }

  // MARK: Waiting

  public override func wait(
    for variable: Variable, timeout: Duration? = nil
  ) throws(EngineError) {
    BlockingRules.check("wait(for:)")
    variable.refuseIfReleased("wait(for:)")
    let state = TaggedVariable.pointer(variable.word)
    let address = UInt64(UInt(bitPattern: state))
    let isDone = sleep("wait(for:)", timeout: timeout) {
      self.describe(self.pending.first { $0.uses(address) })
    } until: {
      self.pending.first { $0.uses(address) } == nil
    }
    guard isDone else { throw timedOut(pending.first { $0.uses(address) }) }
    guard let cause = SerialEngine.cause(state) else { return }
    cause.observe()
    throw cause.error
  }

  override func waitUntilIdle(timeout: Duration?) throws(EngineError) {
    BlockingRules.check("waitForAll()")
    guard sleepUntilIdle("waitForAll()", "all operations", timeout: timeout) else {
      throw timedOut(pending.first { _ in true })
    }
  }

  /// Sleeps until the condition holds; false if the time was over before. Stops a child made by
  /// fork, where it would never hold.
  private func sleep(
    _ call: String, timeout: Duration?, _ what: () -> String, until isMet: () -> Bool
  ) -> Bool {
    if isMet() { return true }
    ForkedChild.refuse(call)
    return turn.sleep(waits, timeout: timeout, what, until: isMet)
  }

  private func sleepUntilIdle(_ call: String, _ what: String, timeout: Duration?) -> Bool {
    sleep(call, timeout: timeout) {
      "\(what): \(self.pending.count) operations in flight, first "
        + self.describe(self.pending.first { _ in true })
    } until: {
      self.pending.isEmpty
    }
  }

  override func takeFirstError() -> EngineError? { errors.takeFirst() }

  override var pushedCount: Int { pending.count }
  override var exitCriticalPushedCount: Int { pending.exitCriticalCount }

  private func timedOut(_ operation: PendingOperations.Operation?) -> EngineError {
    EngineError(
      .timedOut,
      "not done in the time that the wait was given" + (operation.map { ": \($0.text)" } ?? ""),
      operation: operation?.name ?? "wait", site: operation?.site ?? .unknown, modulePath: nil)
  }

  public override func takeErrors() -> [EngineError] { errors.takeAll() }

  public override func shutdown() {
    BlockingRules.check("shutdown()")
    _ = sleepUntilIdle("shutdown()", "the shutdown, for all operations", timeout: nil)
  }

  override func awaitBeforeExit() -> Bool {
    // What completes operations stayed in the parent of a child made by fork.
    guard !ForkedChild.isCurrent, tandem_thread().pointee.depth == 0 else { return false }
    return turn.sleep(waits, timeout: nil) {
      "the exit of the process, for "
        + self.describe(self.pending.first { $0.finishesBeforeExit })
    } until: {
      self.pending.exitCriticalCount == 0
    }
  }

  override func finishBeforeExit() {
    // The parent prints, and writes its trace, itself.
    if ForkedChild.isCurrent { return }
    Engine.printUnobserved(errors)
  }
}
