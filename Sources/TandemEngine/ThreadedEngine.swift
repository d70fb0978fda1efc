import Synchronization
import TandemShapes
import TandemThreads

/// Runs operations on a ``WorkerTeam``, as soon as what they depend on is done.
public final class ThreadedEngine: Engine, @unchecked Sendable {
  // Sendable: immutable; the core proves its own.

  let core: EngineCore
  private let team: WorkerTeam

  /// An engine on the given threads.
  ///
  /// - Parameters:
  ///   - limits: how far user threads may run ahead.
  ///   - waits: what long waits say, and by which clock.
  public init(
    team: WorkerTeam, limits: EngineLimits = EngineLimits(), waits: WaitReporting = WaitReporting()
  ) {
    self.team = team
    core = EngineCore(team: team, limits: limits, waits: waits)
    super.init()
  }

  /// An engine for another device: on threads of its own, and with the same variables as `other`.
  /// What fails on one of them is thrown by waits on each.
  ///
  /// Shut both down before you shut a team down: whoever ends an operation hands what waited for it
  /// to the other engine and wakes its team.
  public init(team: WorkerTeam, beside other: ThreadedEngine) {
    self.team = team
    core = EngineCore(
      team: team, limits: other.core.limits, waits: other.core.waits, beside: other.core)
    super.init()
  }

  deinit {
    shutdown()
    core.devices.remove(core)
    core.errors.removeEngine()
  }

  override func submit(
    _ node: NodePointer, _ reading: VariableList, _ writing: VariableList
  ) {
    core.submit(node, reading, writing)
  }

  package override func awaitRoom(
    for count: Int, bytes: Int, of program: @autoclosure () -> String
  ) {
    core.awaitRoom(for: count, bytes: bytes, of: program())
  }

  @discardableResult
  public override func complete(
    _ completion: Completion, failing failure: OperationFailure? = nil
  ) -> Bool {
    core.complete(completion, failing: failure)
  }

  @discardableResult
  public override func abandon(_ completion: Completion, failing failure: OperationFailure) -> Bool
  {
    core.abandon(completion, failing: failure)
  }

  public override func wait(
    for variable: Variable, timeout: Duration? = nil
  ) throws(EngineError) {
    try core.wait(for: variable, timeout: timeout)
  }

  override func waitUntilIdle(timeout: Duration?) throws(EngineError) {
    ForkedChild.refuse("waitForAll()")
    BlockingRules.check("waitForAll()")
    guard core.waitUntilIdle(timeout: timeout) else {
      throw EngineError(
        .timedOut,
        "not done in the time that the wait was given: \(core.describe("all operations"))",
        operation: "wait for all", site: .unknown, modulePath: nil)
    }
  }

  override func takeFirstError() -> EngineError? { core.errors.takeFirst() }

  override var doneCount: Int { core.doneCount }
  override var pushedCount: Int { core.pushedCount }

  package override var parallel: ParallelContext { core.parallel }

  public override func takeErrors() -> [EngineError] { core.errors.takeAll() }

  public override func shutdown() {
    guard !core.isShutDown.load(ordering: .acquiring) else { return }
    BlockingRules.check("shutdown()")
    _ = core.waitUntilIdle(timeout: nil)
    core.isShutDown.store(true, ordering: .releasing)
    core.isRetired.store(true, ordering: .releasing)
  }

  override func awaitBeforeExit() -> Bool { core.awaitBeforeExit() }

  override var exitCriticalDoneCount: Int { core.exitCriticalDoneCount }
  override var exitCriticalPushedCount: Int { core.exitCriticalPushedCount }

  override func finishBeforeExit() { core.finishBeforeExit() }

  /// Asynchronous operations that were given up and whose completion has not arrived.
  public var abandonedCount: Int { core.abandoned.count }

  /// Operations that are queued or running, waits without a limit included.
  public var operationsInFlight: Int { core.inFlight.operations }
}
