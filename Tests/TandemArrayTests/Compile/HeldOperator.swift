import Dispatch
import TandemArray
import TandemKernels
import TandemOps
import TandemThreads

/// An asynchronous operator that gives back what it was given when the test lets it.
struct Held: NonDifferentiableOp {
  static let name = "test.held"
  static var inputCounts: ClosedRange<Int> { 1...1 }
  static var isAsynchronous: Bool { true }

  /// Who lets it go on; equal operators have one gate.
  let gate: Floodgate

  func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }

  func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(HeldPrimitive(gate: gate), [lowering.output(0)], [lowering.input(0)])
  }

  /// Starts what ends when somebody opens the gate.
  private struct HeldPrimitive: AsynchronousPrimitive {
    let gate: Floodgate

    func start(
      _ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext,
      done: AsynchronousEnd
    ) throws(KernelFailure) {
      gate.pass { failure in
        if failure == nil { Copy.copy(operands[1], to: operands[0], in: .serial) }
        done(failure)
      }
    }
  }
}

/// Holds asynchronous operators until it is opened.
final class Floodgate: Hashable, Sendable {
  typealias Passage = @Sendable (KernelFailure?) -> Void

  private struct State {
    var isOpen = false
    var waiting: [Passage] = []
    var startCount = 0
  }

  private let state = Guarded(State())
  private let started = DispatchSemaphore(value: 0)

  static func == (lhs: Floodgate, rhs: Floodgate) -> Bool { lhs === rhs }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

  /// How many operators have come.
  var startCount: Int { state.withLock { $0.startCount } }
  /// How many of them are held.
  var heldCount: Int { state.withLock { $0.waiting.count } }

  /// Waits until another operator has come.
  func waitForStart() { started.wait() }

  fileprivate func pass(_ passage: @escaping Passage) {
    let goesOn = state.withLock { state in
      state.startCount += 1
      if !state.isOpen { state.waiting.append(passage) }
      return state.isOpen
    }
    // As from the thread of a network.
    if goesOn { DispatchQueue.global().async { passage(nil) } }
    started.signal()
  }

  /// Lets all go on that came and will come.
  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for passage in waiting { passage(nil) }
  }

  /// Lets the one go on that came first.
  func openForOne(failing failure: KernelFailure? = nil) {
    let first = state.withLock { $0.waiting.removeFirst() }
    first(failure)
  }
}

extension NDArray {
  /// The same elements, when the gate lets them pass.
  func held(by gate: Floodgate, file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    .apply(Held(gate: gate), self, at: CallSite(file, line))
  }
}
