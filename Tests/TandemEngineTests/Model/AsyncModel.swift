import Synchronization
import TandemThreads

@testable import TandemEngine

/// An asynchronous operation that is started, completed and given up at the same time, by the
/// engine's own pieces.
final class AsyncModel {
  /// A mistake planted on purpose.
  enum Fault {
    case none
    /// The thread that starts looks whether the end was announced before it says that it is done.
    case looksTooEarly
    /// Whoever gives up does not announce it, so that a completion that comes meanwhile is lost.
    case givesUpUnannounced
    /// A start that throws ends the operation without asking whether somebody else has.
    case throwsUnclaimed
  }

  /// Counts the payloads that live.
  private final class Token: Sendable {
    let live: Guarded<Int>
    init(_ live: Guarded<Int>) {
      self.live = live
      live.withLock { $0 += 1 }
    }
    deinit { live.withLock { $0 -= 1 } }
  }

  private struct Payload: OperationPayload {
    static let operationName: EngineLabel = "model"
    let token: Token
    func run(_ context: borrowing OperationContext) {}
  }

  private let fault: Fault
  private let startThrows: Bool
  private let node: NodePointer
  private let reference: NodeReference
  private let abandoned = AbandonedPayloads()
  private let live = Guarded(0)
  private var hasReturned = false
  private var hasArrived = false
  private var wasGivenUp = false
  private var endCount = 0
  private var finishCount = 0

  /// - Parameter startThrows: whether the payload's start ends with an error, after it has handed
  ///   its completion on.
  init(fault: Fault, startThrows: Bool = false) {
    (self.fault, self.startThrows) = (fault, startThrows)
    node = EngineThread.current.pointee.takeNode()
    reference = NodeCalls.reference(node)
    node.pointee.flags = [.isAsync]
    node.pointee.type = Payload.self
    node.pointee.completion.store((reference >> 32) << 32, ordering: .relaxed)
    (UnsafeMutableRawPointer(node) + Node.payloadOffset).bindMemory(to: Payload.self, capacity: 1)
      .initialize(to: Payload(token: Token(live)))
  }

  deinit {
    node.pointee.type = EmptyPayload.self
    EngineThread.current.pointee.giveNode(node)
  }

  /// One that starts, one that completes twice, one that gives up.
  var bodies: [() -> Void] { [start, completeTwice, giveUp] }

  /// What is wrong with a run that came to its end.
  func check() -> String? {
    if endCount != 1 { return "ended \(endCount) times" }
    if finishCount != 1 { return "finished \(finishCount) times" }
    let left = live.withLock { $0 }
    return left == 0 && abandoned.count == 0 ? nil : "\(left) payloads left"
  }

  private func start() {
    Virtual.step()
    hasReturned = true
    if startThrows, fault == .throwsUnclaimed || claim() {
      endCount += 1
      return finish()
    }
    if fault == .looksTooEarly {
      let before = node.pointee.completion.load(ordering: .relaxed)
      _ = AsyncState.noteStarted(node, Virtual.self)
      if before & AsyncState.completed != 0 { finish() }
    } else if AsyncState.noteStarted(node, Virtual.self) {
      finish()
    }
  }

  private func completeTwice() {
    for _ in 0..<2 {
      Virtual.step()
      hasArrived = true
      if end(AsyncState.completed) { continue }
      Virtual.step()
      abandoned.arrived(reference)
    }
  }

  private func giveUp() {
    Virtual.step()
    if fault != .givesUpUnannounced, !abandoned.reserve(reference) { return }
    if end(AsyncState.completed | AsyncState.abandoned) {
      wasGivenUp = true
    } else {
      Virtual.step()
      abandoned.cancel(reference)
    }
  }

  private func claim() -> Bool { AsyncState.claim(node, reference >> 32, Virtual.self) }

  private func end(_ bits: UInt64) -> Bool {
    guard claim() else { return false }
    endCount += 1
    if AsyncState.end(node, bits: bits, Virtual.self) { finish() }
    return true
  }

  private func finish() {
    guard hasReturned else { VirtualThreads.active.fail("finished while it was started") }
    guard finishCount == 0 else { VirtualThreads.active.fail("finished twice") }
    finishCount += 1
    if node.pointee.completion.load(ordering: .relaxed) & AsyncState.abandoned != 0 {
      Virtual.step()
      abandoned.keep(node, reference)
      Virtual.step()
      if !hasArrived, live.withLock({ $0 }) == 0 {
        VirtualThreads.active.fail("a payload was destroyed that somebody may write into")
      }
    }
    NodeCalls.destroyPayload(node)
    node.pointee.type = EmptyPayload.self
    // The node's next life.
    Virtual.step()
    node.pointee.completion.store(((reference >> 32) + 1) << 32, ordering: .releasing)
  }
}
