import Glibc
import Synchronization
import TandemShapes
import TandemThreads
import Testing

@testable import TandemEngine

/// What the serial engine puts off, and whom it lets wait meanwhile.
@Suite(.timeLimit(.minutes(2)))
struct SerialPendingTests {
  /// Completions that wait for somebody to take them.
  private final class Tokens: Sendable {
    private let tokens = Guarded<[Completion]>([])

    func add(_ token: Completion) { tokens.withLock { $0.append(token) } }

    func take() -> Completion {
      while true {
        if let token = tokens.withLock({ $0.popLast() }) { return token }
        sched_yield()
      }
    }
  }

  /// No wait ends because of a report.
  private static let silent = WaitReporting(firstReportNanoseconds: 3_600_000_000_000)

  /// The start of an asynchronous operation that leaves its completion behind.
  private static func receive(_ engine: Engine, writing variable: Variable, _ tokens: Tokens) {
    engine.pushAsync(name: "receive", writing: [variable]) { tokens.add($0.completion) }
  }

  private static func isWritten(_ variable: Variable) -> Bool {
    let writer = TaggedVariable.pointer(variable.word).pointee.lock.withLock {
      TaggedVariable.pointer(variable.word).pointee.writer
    }
    return NodePool.isDone(writer, EngineThread.current.pointee.base)
  }

  /// An operation, pushed by one of another engine, is put off at the very moment at which what
  /// stands in its way is completed: its variables do not keep the number of a node that is
  /// somebody else's by then.
  @Test func whatIsPutOffAsItsPredecessorEnds() throws {
    try withEngine(threads: 1) { try Self.putOffAtTheEnd(from: $0, rounds: 3_000) }
  }

  private static func putOffAtTheEnd(from other: Engine, rounds: Int) throws {
    let engine = SerialEngine()
    let tokens = Tokens()
    let round = Atomic<Int>(0)
    let cell = Cell()
    let b = engine.makeVariable()
    let wrong = Atomic<Int>(0)
    onThreads([
      {
        for number in 1...rounds {
          let a = engine.makeVariable()
          Self.receive(engine, writing: a, tokens)
          other.push(name: "outer") { _ in
            round.store(number, ordering: .releasing)
            engine.push(Adding(cell: cell), reading: .of(a), writing: .of(b))
          }
          try? other.waitForAll()
          try? engine.wait(for: b)
          if !Self.isWritten(a) || !Self.isWritten(b) {
            wrong.wrappingAdd(1, ordering: .relaxed)
          }
          engine.release(a)
        }
      },
      {
        for number in 1...rounds {
          let token = tokens.take()
          while round.load(ordering: .acquiring) < number {}
          engine.complete(token)
        }
      },
    ])
    try engine.waitForAll()
    #expect(cell.value == rounds)
    #expect(wrong.load(ordering: .relaxed) == 0)
  }

  /// A thread that never waits, or an operation of another engine, puts off what it pushes, also if
  /// what stands in the way is started by another thread at the same moment.
  @Test(arguments: [false, true]) func whatNeverWaitsKeepsTheOrder(isOperation: Bool) throws {
    try withEngine(threads: 1) { other in
      try Self.check(rounds: 2_000) { reads in
        guard isOperation else {
          Engine.neverBlockCurrentThread()
          return reads()
        }
        other.push(name: "outer") { _ in reads() }
        try? other.waitForAll()
      }
    }
  }

  private static func check(
    rounds: Int, _ perform: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
  ) throws {
    let engine = SerialEngine()
    let tokens = Tokens()
    let a = engine.makeVariable()
    let isWriting = Atomic<Bool>(false)
    let overlaps = Atomic<Int>(0)
    let reads = Atomic<Int>(0)
    onThreads([
      {
        perform {
          for _ in 0..<rounds {
            engine.push(name: "read", reading: [a]) { _ in
              if isWriting.load(ordering: .acquiring) {
                overlaps.wrappingAdd(1, ordering: .relaxed)
              }
              reads.wrappingAdd(1, ordering: .relaxed)
            }
          }
        }
      },
      {
        for _ in 0..<rounds {
          engine.pushAsync(name: "write", writing: [a]) { context in
            isWriting.store(true, ordering: .releasing)
            tokens.add(context.completion)
          }
        }
      },
      {
        for _ in 0..<rounds {
          let token = tokens.take()
          isWriting.store(false, ordering: .releasing)
          engine.complete(token)
        }
      },
    ])
    try engine.waitForAll()
    #expect(overlaps.load(ordering: .relaxed) == 0)
    #expect(reads.load(ordering: .relaxed) == rounds)
  }

  @Test func aPushThatMustNotWaitReturns() throws {
    let engine = SerialEngine(waits: Self.silent)
    let tokens = Tokens()
    let (a, cell) = (engine.makeVariable(), Cell())
    engine.withoutWaiting {
      Self.receive(engine, writing: a, tokens)
      engine.push(Adding(cell: cell), reading: .of(a), writing: .none)
    }
    #expect(cell.value == 0)
    engine.complete(tokens.take())
    try engine.waitForAll()
    #expect(cell.value == 1)
  }

  /// Whoever waits for one operation, the asynchronous one or the first that was put off, goes on
  /// when that is done: the last one stands at a gate that the waiting thread opens.
  @Test(arguments: [false, true]) func aWaitDoesNotOutlastItsOperation(ofPutOff: Bool) throws {
    let (isAsleep, gate) = (Gate(), Gate())
    let engine = SerialEngine(
      waits: WaitReporting(
        firstReportNanoseconds: 3_600_000_000_000,
        now: {
          isAsleep.open()
          return 1
        }))
    let tokens = Tokens()
    let (a, b) = (engine.makeVariable(), engine.makeVariable())
    let written = ofPutOff ? [a] : [a, b]
    engine.pushAsync(name: "receive", writing: written) { tokens.add($0.completion) }
    engine.withoutWaiting {
      if ofPutOff { engine.push(name: "first", reading: [a], writing: [b]) { _ in } }
      engine.push(name: "last", reading: [a]) { _ in gate.pass() }
    }
    onThreads([
      {
        try? engine.wait(for: b)
        gate.open()
      },
      {
        isAsleep.pass()
        for _ in 0..<1_000 { sched_yield() }
        engine.complete(tokens.take())
      },
    ])
    try engine.waitForAll()
  }
}
