import CTandem
import Glibc
import Synchronization
import TandemShapes
import TandemThreads

/// Runs operations in an order that respects what they read and write, and knows nothing else of
/// them: no arrays, no kernels.
///
/// Operations that write a variable run one after another in the order of their pushes; operations
/// that only read it run between the write before and the write after them, in any order and at the
/// same time. A push is atomic over all its variables, so several threads may push. What a program
/// computes is what ``SerialEngine`` computes.
///
/// Only users' threads wait: in `wait(for:)`, `waitForAll()`, and in a push when they are too far
/// ahead; never an operation, a worker, or whoever completes an asynchronous operation.
public class Engine: @unchecked Sendable {
  // Sendable: no state of its own; subclasses prove theirs.

  /// Payloads up to this many bytes are stored in the queue; larger ones in a pooled buffer.
  public static let inlinePayloadBytes = 640

  /// The engine of the process's first device: a ``ThreadedEngine``, or what `TANDEM_ENGINE` says:
  /// `threaded`, `serial` or `null`.
  public static let shared: Engine = devices[0]

  init() {}

  /// `threaded`, `serial` or `null`, as `TANDEM_ENGINE` says it.
  public var kind: String { "threaded" }

  // MARK: Variables

  /// A new variable, on which nothing is pending.
  public final func makeVariable() -> Variable { Engine.makeVariable() }

  /// Gives a variable back. Operations that use it and are queued already are not disturbed; no
  /// further one may use it.
  public final func release(_ variable: Variable) { Engine.release(variable) }

  // MARK: Pushing

  /// Queues an operation. Returns at once.
  ///
  /// A variable in both lists is read and written; one in `writing` alone is overwritten in full,
  /// so a success clears its poison. A variable may occur more than once.
  ///
  /// - Parameters:
  ///   - payload: what to do; destroyed after it has run.
  ///   - site: where the user wrote it, for messages.
  @inlinable
  public final func push<Payload: OperationPayload>(
    _ payload: consuming Payload, reading: VariableList, writing: VariableList,
    site: CallSite = .unknown, options: OperationOptions = .standard
  ) {
    let place = _begin(
      Payload.self, payload.operationName, site, options, MemoryLayout<Payload>.size, isAsync: false
    )
    place.payload.bindMemory(to: Payload.self, capacity: 1).initialize(to: payload)
    _submit(place, reading, writing)
  }

  /// Queues an operation that only starts something.
  ///
  /// Its payload's `run` takes ``OperationContext/completion`` and returns; the operation is done
  /// when somebody hands that to ``complete(_:failing:)``. Its payload lives until then.
  @inlinable
  public final func pushAsync<Payload: OperationPayload>(
    _ payload: consuming Payload, reading: VariableList, writing: VariableList,
    site: CallSite = .unknown, options: OperationOptions = .standard
  ) {
    let place = _begin(
      Payload.self, payload.operationName, site, options, MemoryLayout<Payload>.size, isAsync: true)
    place.payload.bindMemory(to: Payload.self, capacity: 1).initialize(to: payload)
    _submit(place, reading, writing)
  }

  /// Ends an asynchronous operation, from any thread.
  ///
  /// - Parameter failure: if not nil, the operation failed and poisons what it was to write.
  /// - Returns: false if it had been ended before; then nothing happens.
  @discardableResult
  public func complete(_ completion: Completion, failing failure: OperationFailure? = nil) -> Bool {
    false
  }

  /// Gives an asynchronous operation up, usually because its time is over: it counts as failed, and
  /// what waits for it goes on. Its payload, and with it the buffers that somebody may still be
  /// filling, is kept until its completion arrives at ``complete(_:failing:)`` all the same.
  ///
  /// - Returns: false if it had been ended before; then nothing happens.
  @discardableResult
  public func abandon(_ completion: Completion, failing failure: OperationFailure) -> Bool { false }

  /// Queues an operation that makes a variable have no good value, for the given reason.
  public final func poison(
    _ variable: Variable, _ failure: OperationFailure, site: CallSite = .unknown
  ) {
    push(Poisoning(failure: failure), reading: .none, writing: .of(variable), site: site)
  }

  /// Waits while the calling thread is too far ahead to push so many operations, if it may wait.
  ///
  /// - Parameter program: what a report calls the program that they belong to.
  package func awaitRoom(for count: Int, bytes: Int, of program: @autoclosure () -> String) {}

  /// Calls `body`, whose pushes never wait; to be called where ``awaitRoom(for:bytes:of:)`` has
  /// waited.
  package final func withoutWaiting<T>(_ body: () -> T) -> T {
    let thread = EngineThread.current
    let before = thread.pointee.neverBlocks
    thread.pointee.neverBlocks = true
    defer { thread.pointee.neverBlocks = before }
    return body()
  }

  // MARK: Waiting

  /// Waits until the last write of the variable that was pushed is done.
  ///
  /// A wait that takes long says so, again and again, with what it waits for; see
  /// ``WaitReporting``. Must not be called inside an operation.
  ///
  /// - Throws: the error that poisoned the variable; `timedOut` if the time was over.
  public func wait(for variable: Variable, timeout: Duration? = nil) throws(EngineError) {}

  /// Waits until nothing is queued or running.
  ///
  /// - Throws: the oldest error that nobody has seen; `timedOut` if the time was over.
  public final func waitForAll(timeout: Duration? = nil) throws(EngineError) {
    try waitUntilIdle(timeout: timeout)
    if let error = takeFirstError() { throw error }
  }

  /// The errors that nobody has seen, oldest first; they count as seen from now on. No more than
  /// 256 are kept; if there were more, the last error says how many.
  public func takeErrors() -> [EngineError] { [] }

  /// Waits until nothing is queued or running and refuses pushes from then on.
  public func shutdown() {}

  /// Pushes by the calling thread never wait, however far it is ahead: for event loops and threads
  /// of Swift's concurrency pool.
  public static func neverBlockCurrentThread() {
    EngineThread.current.pointee.neverBlocks = true
  }

  // MARK: For subclasses

  /// Where a payload is to be written.
  @frozen
  public struct _Place {
    /// Room for the payload, aligned for any.
    public let payload: UnsafeMutableRawPointer
    @usableFromInline let node: UnsafeMutableRawPointer

    @usableFromInline
    init(payload: UnsafeMutableRawPointer, node: UnsafeMutableRawPointer) {
      (self.payload, self.node) = (payload, node)
    }
  }

  @usableFromInline
  final func _begin(
    _ type: any OperationPayload.Type, _ name: EngineLabel, _ site: CallSite,
    _ options: OperationOptions, _ byteCount: Int, isAsync: Bool
  ) -> _Place {
    let node = NodeCalls.begin(type, name, site, options, isAsync: isAsync)
    let payload =
      byteCount <= Engine.inlinePayloadBytes
      ? UnsafeMutableRawPointer(node) + Node.payloadOffset
      : NodeCalls.makeBox(node, byteCount: byteCount)
    return _Place(payload: payload, node: UnsafeMutableRawPointer(node))
  }

  @usableFromInline
  final func _submit(_ place: _Place, _ reading: VariableList, _ writing: VariableList) {
    submit(place.node.assumingMemoryBound(to: Node.self), reading, writing)
  }

  /// Takes a node with its payload over.
  func submit(_ node: NodePointer, _ reading: VariableList, _ writing: VariableList) {}

  /// Waits until nothing is queued or running; throws `timedOut` alone.
  func waitUntilIdle(timeout: Duration?) throws(EngineError) {}

  /// The oldest error that nobody has seen; it counts as seen from now on.
  func takeFirstError() -> EngineError? { nil }

  /// How many operations have been done, and how many pushed. If the first, read before the second,
  /// is equal to it, then nothing was in flight at the moment between.
  var doneCount: Int { 0 }
  var pushedCount: Int { 0 }

  /// The threads that its operations use, for work that is not pushed.
  package var parallel: ParallelContext { .serial }

  /// Waits for what must be done before the process exits; may depend on any device. False if the
  /// calling thread cannot wait.
  func awaitBeforeExit() -> Bool { true }

  /// The same as ``doneCount`` and ``pushedCount``, of those that must be done before the exit.
  var exitCriticalDoneCount: Int { 0 }
  var exitCriticalPushedCount: Int { 0 }

  /// Lets nothing else start, as the process exits, and prints what nobody has seen.
  func finishBeforeExit() {}
}

/// Fails at once.
private struct Poisoning: OperationPayload {
  static let operationName: EngineLabel = "poison"
  let failure: OperationFailure

  func run(_ context: borrowing OperationContext) throws(OperationFailure) { throw failure }
}
