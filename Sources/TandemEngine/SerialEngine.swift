import CTandem
import Synchronization
import TandemShapes
import TandemThreads

/// Runs each operation inside its push: no threads, no graph. What the other engines must agree
/// with; chosen by `TANDEM_ENGINE=serial`.
///
/// A push from inside an operation runs at once, too. An asynchronous operation is started by its
/// push; a later push or wait that uses one of its variables first waits for its completion.
public final class SerialEngine: Engine, @unchecked Sendable {
  // Sendable: `errors` and `poisoned` are thread-safe, `turn` lets one thread in at a time, and the
  // completion of an asynchronous operation only touches what its claim gave it.

  private let errors = ErrorLedger()
  private let poisoned = PoisonCounter()
  private let turn = RecursiveTurn()
  private let waits: WaitReporting
  private let abandoned = AbandonedPayloads()
  /// Asynchronous operations that have been started and are not completed.
  private let pending = Guarded<[NodeReference: Pending]>([:])

  private struct Pending {
    let variables: [UInt64]
    let finishesBeforeExit: Bool

    func uses(_ address: UInt64) -> Bool {
      variables.contains { TaggedVariable.address($0) == address }
    }
  }

  /// An engine without threads.
  public init(waits: WaitReporting = WaitReporting()) {
    self.waits = waits
    super.init()
  }

  public override var kind: String { "serial" }

  override func submit(_ node: NodePointer, _ reading: VariableList, _ writing: VariableList) {
    NodeVariables.fill(node, reading, writing)
    let list = NodeVariables.list(node)
    let variables = (0..<Int(node.pointee.variableCount)).map { list[$0] }
    enter(using: variables, "\(EngineLabel(word: node.pointee.name.load(ordering: .relaxed)))")
    defer { turn.leave() }
    let read = variables.filter { $0 & TaggedVariable.read != 0 }
    let causes = read.sorted { TaggedVariable.place($0) < TaggedVariable.place($1) }.compactMap {
      SerialEngine.cause(TaggedVariable.pointer($0))
    }
    if let cause = causes.first { return end(node, variables, cause) }
    if node.pointee.flags.contains(.isAsync) { return start(node, variables) }
    let words = tandem_thread()
    words.pointee.depth += 2
    let failure = NodeCalls.run(node, .serial, EngineThread.current)
    words.pointee.depth -= 2
    end(node, variables, failure.map { record(node, $0) })
  }

  private func record(_ node: NodePointer, _ failure: OperationFailure) -> PoisonCause {
    let cause = PoisonCause(NodeCalls.error(node, failure), poisoned)
    errors.record(cause)
    return cause
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
    let one = Pending(
      variables: variables,
      finishesBeforeExit: node.pointee.flags.contains(.finishesBeforeExit))
    pending.withLock { $0[reference] = one }
    // A variable that is released meanwhile is not given to others before the end.
    for word in variables {
      let variable = TaggedVariable.pointer(word)
      variable.pointee.lock.withLock { variable.pointee.writer = reference }
    }
    let failure = NodeCalls.run(node, .serial, EngineThread.current)
    if let failure, AsyncState.claim(node, reference >> 32) {
      finish(node, reference, record(node, failure))
      return
    }
    let before = node.pointee.completion.bitwiseOr(
      AsyncState.started, ordering: .acquiringAndReleasing
    ).oldValue
    if before & AsyncState.completed != 0 { finishCompleted(node, reference) }
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
    guard number != 0, AsyncState.claim(node, completion.reference >> 32) else { return false }
    node.pointee.cause = failure.map { PoisonReference(retaining: record(node, $0)) }
    let before = node.pointee.completion.bitwiseOr(bits, ordering: .acquiringAndReleasing).oldValue
    if before & AsyncState.started != 0 { finishCompleted(node, completion.reference) }
    return true
  }

  private func finishCompleted(_ node: NodePointer, _ reference: NodeReference) {
    if node.pointee.completion.load(ordering: .relaxed) & AsyncState.abandoned != 0 {
      abandoned.keep(node, reference)
    }
    finish(node, reference, node.pointee.cause?.object.takeRetainedValue())
  }

  private func finish(_ node: NodePointer, _ reference: NodeReference, _ cause: PoisonCause?) {
    let variables = pending.withLock { $0[reference]?.variables ?? [] }
    end(node, variables, cause)
    pending.withLock { $0[reference] = nil }
    turn.announce()
  }

  /// Takes the turn at a moment at which no pending operation uses the variables; only who has the
  /// turn starts one. Sleeps without it: whoever is to complete what this waits for may push
  /// before.
  private func enter(using variables: [UInt64], _ who: String) {
    func isFree() -> Bool {
      pending.withLock { pending in
        pending.isEmpty
          || !pending.values.contains { one in
            variables.contains { one.uses(TaggedVariable.address($0)) }
          }
      }
    }
    turn.enter()
    while !isFree() {
      turn.leave()
      _ = turn.sleep(waits, timeout: nil, who, until: isFree)
      turn.enter()
    }
  }

  // MARK: Waiting

  public override func wait(
    for variable: Variable, timeout: Duration? = nil
  ) throws(EngineError) {
    BlockingRules.check("wait(for:)")
    let state = TaggedVariable.pointer(variable.word)
    let address = UInt64(UInt(bitPattern: state))
    let isDone = turn.sleep(waits, timeout: timeout, "wait") {
      self.pending.withLock { pending in
        !pending.values.contains { $0.uses(address) }
      }
    }
    guard isDone else { throw timedOut }
    guard let cause = SerialEngine.cause(state) else { return }
    cause.isObserved.store(true, ordering: .relaxed)
    throw cause.error
  }

  override func waitUntilIdle(timeout: Duration?) throws(EngineError) {
    BlockingRules.check("waitForAll()")
    let isDone = turn.sleep(waits, timeout: timeout, "wait for all") {
      self.pending.withLock { $0.isEmpty }
    }
    guard isDone else { throw timedOut }
  }

  override func takeFirstError() -> EngineError? { errors.takeFirst() }

  override var pushedCount: Int { pending.withLock { $0.count } }

  private var timedOut: EngineError {
    EngineError(
      .timedOut, "not done in the time that the wait was given", operation: "wait",
      site: .unknown, modulePath: nil)
  }

  public override func takeErrors() -> [EngineError] { errors.takeAll().errors }

  public override func shutdown() {
    _ = turn.sleep(waits, timeout: nil, "shutdown") { self.pending.withLock { $0.isEmpty } }
  }

  override func awaitBeforeExit() {
    // What completes operations stayed in the parent of a child made by fork.
    guard !ForkedChild.isCurrent, tandem_thread().pointee.depth == 0 else { return }
    _ = turn.sleep(waits, timeout: nil, "exit") {
      self.pending.withLock { !$0.values.contains { $0.finishesBeforeExit } }
    }
  }

  override func finishBeforeExit() {
    let (found, dropped) = errors.takeAll()
    Engine.printUnobserved(found, dropped: dropped)
  }
}
