import Glibc
import TandemEngine
import TandemKernels
import TandemOps
import TandemShapes
import TandemThreads
import Testing

@testable import TandemArray

/// Asynchronous operators whose time was over.
struct GivingUpTests {
  /// What has been started and not ended.
  private final class Started: Hashable, Sendable {
    typealias Passage = (end: AsynchronousEnd, fill: @Sendable () -> Void)

    private let passages = Guarded<[Passage]>([])

    static func == (lhs: Started, rhs: Started) -> Bool { lhs === rhs }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }

    func add(_ passage: Passage) { passages.withLock { $0.append(passage) } }

    /// The oldest; waits for it.
    func take() -> Passage {
      while true {
        if let first = passages.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return first }
        sched_yield()
      }
    }
  }

  /// Copies its input when somebody lets it.
  private struct Receive: NonDifferentiableOp {
    static let name = "test.receive"
    static var inputCounts: ClosedRange<Int> { 1...1 }
    static var isAsynchronous: Bool { true }
    let started: Started

    func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }

    func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
      lowering.emit(ReceivePrimitive(started: started), [lowering.output(0)], [lowering.input(0)])
    }
  }

  private struct ReceivePrimitive: AsynchronousPrimitive {
    let started: Started

    func start(
      _ operands: [Operand], scalars: [ScalarValue], in context: ParallelContext,
      done: AsynchronousEnd
    ) throws(KernelFailure) {
      started.add((done, { Copy.copy(operands[1], to: operands[0], in: .serial) }))
    }
  }

  @Test(.timeLimit(.minutes(5)), arguments: [false, true])
  func whatIsGivenUpFailsAndKeepsItsMemory(compiled: Bool) throws {
    let started = Started()
    @Sendable func receive(_ x: NDArray) -> NDArray {
      NDArray.apply(Receive(started: started), x, at: CallSite("user.swift", 4)) * 2 + 1
    }
    let region = compile { (x: NDArray) in receive(x) }
    func call(_ x: NDArray) -> NDArray { compiled ? region(x) : receive(x) }
    let x = NDArray.arange(1000)
    for _ in 0..<3 {
      // One after the other: workers may start them in any order.
      let lost = call(x)
      let first = started.take()
      let found = call(x + 1)
      let second = started.take()
      #expect(first.end.giveUp(KernelFailure("no answer within 5 s")))
      #expect(!first.end.giveUp(KernelFailure("again")))
      let error = #expect(throws: EngineError.self) { try lost.wait() }
      #expect(error?.message == "no answer within 5 s: \(x.type)")
      #expect(error?.operation == "test.receive")
      // Late, into memory that nobody else got.
      first.fill()
      second.fill()
      second.end(nil)
      #expect(found.scalars(as: Int.self) == (0..<1000).map { ($0 + 1) * 2 + 1 })
      first.end(nil)
      #expect(!second.end.giveUp(KernelFailure("too late")))
    }
    try waitForAll()
  }
}
