import Glibc
import Synchronization
import TandemShapes
import TandemThreads
import Testing

@testable import TandemEngine

/// An engine with threads of its own, ended when the test does. Its bound on operations in flight
/// is above what tests queue behind a closed gate.
func withEngine(
  threads: Int, limits: EngineLimits = EngineLimits(operationsInFlightMax: 65_536),
  waits: WaitReporting = WaitReporting(),
  _ body: (ThreadedEngine) throws -> Void
) rethrows {
  let team = WorkerTeam(threads: threads)
  let engine = ThreadedEngine(team: team, limits: limits, waits: waits)
  defer {
    engine.shutdown()
    team.shutdown()
  }
  try body(engine)
}

/// A door that an operation stands at until the test opens it.
final class Gate: Sendable {
  private let isOpen = Atomic<Bool>(false)
  func open() { isOpen.store(true, ordering: .releasing) }
  func pass() { while !isOpen.load(ordering: .acquiring) { sched_yield() } }
}

/// A number that operations change and that tests read when they are done.
final class Cell: @unchecked Sendable {
  // Sendable: only operations that declared the cell's variable, and tests after a wait, touch it.
  var value = 0
}

func message(_ body: () throws(EngineError) -> Void) -> String? {
  do throws(EngineError) {
    try body()
    return nil
  } catch { return error.description }
}

struct EngineTests {
  /// One-by-one registration lets two threads that push {a, b} and {b, a} build a circle.
  @Test func opposedPushesNeverWaitForEachOther() throws {
    try withEngine(threads: 2) { engine in
      let (a, b) = (engine.makeVariable(), engine.makeVariable())
      let cell = Cell()
      onThreads([
        {
          for _ in 0..<20_000 {
            engine.push(Adding(cell: cell), reading: .none, writing: .of(a, b))
          }
        },
        {
          for _ in 0..<20_000 {
            engine.push(Adding(cell: cell), reading: .none, writing: .of(b, a))
          }
        },
      ])
      try engine.waitForAll(timeout: .seconds(120))
      #expect(cell.value == 40_000)
    }
  }

  @Test(arguments: [1, 2]) func poisonNamesTheCauseAndIsClearedByAnOverwrite(threads: Int) throws {
    try withEngine(threads: threads) { try Self.checkPoison($0) }
  }

  @Test func poisonOnTheSerialEngine() throws { try Self.checkPoison(SerialEngine()) }

  static func checkPoison(_ engine: Engine) throws {
    let (a, b, c) = (engine.makeVariable(), engine.makeVariable(), engine.makeVariable())
    let cell = Cell()
    let site = CallSite("model.swift", 12)
    engine.push(
      name: "cholesky", writing: [a], site: site,
      options: OperationOptions(modulePath: "blocks.3")
    ) { _ throws(OperationFailure) in throw OperationFailure("leading minor 2 is not positive") }
    engine.push(name: "add", reading: [a], writing: [b]) { _ in cell.value += 1 }
    engine.push(name: "scale", reading: [b], writing: [b, c]) { _ in cell.value += 1 }
    let text = "cholesky: leading minor 2 is not positive, queued at model.swift:12 (blocks.3)"
    for variable in [a, b, c] {
      #expect(message { () throws(EngineError) in try engine.wait(for: variable) } == text)
    }
    #expect(cell.value == 0)
    #expect(engine.takeErrors().isEmpty, "a wait has seen it")
    // In-place work on a poisoned value stays poisoned; an overwrite clears.
    engine.push(name: "add", reading: [c], writing: [c]) { _ in cell.value += 1 }
    engine.push(name: "fill", writing: [b]) { _ in cell.value += 10 }
    try engine.wait(for: b)
    #expect(message { () throws(EngineError) in try engine.wait(for: c) } == text)
    #expect(cell.value == 10)
    engine.push(name: "add", reading: [b], writing: [c]) { _ in cell.value += 100 }
    try engine.wait(for: c)
    #expect(cell.value == 110)
    try engine.waitForAll()
  }

  @Test func theVerbPoisonIsOrderedLikeAnOperation() throws {
    try withEngine(threads: 2) { engine in
      let a = engine.makeVariable()
      engine.push(name: "fill", writing: [a]) { _ in }
      engine.poison(a, OperationFailure("the sender is gone"))
      #expect(
        message { () throws(EngineError) in try engine.wait(for: a) }
          == "poison: the sender is gone")
      engine.release(a)
      let b = engine.makeVariable()
      try engine.wait(for: b)
    }
  }

  @Test func unseenErrorsAreThrownByWaitForAllAndTakenByTakeErrors() throws {
    try withEngine(threads: 1) { engine in
      let variables = (0..<3).map { _ in engine.makeVariable() }
      for (index, variable) in variables.enumerated() {
        engine.push(name: "load", writing: [variable]) { _ throws(OperationFailure) in
          throw OperationFailure("file \(index) is missing")
        }
      }
      #expect(
        message { () throws(EngineError) in try engine.waitForAll() } == "load: file 0 is missing")
      #expect(
        engine.takeErrors().map(\.message) == ["file 1 is missing", "file 2 is missing"])
      try engine.waitForAll()
      #expect(engine.takeErrors().isEmpty)
    }
  }

  @Test func aSecondCompletionIsRecognised() throws {
    withEngine(threads: 2) { engine in
      let a = engine.makeVariable()
      let token = Guarded<Completion?>(nil)
      for round in 0..<200 {
        engine.pushAsync(name: "receive", writing: [a]) { context in
          let completion = context.completion
          token.withLock { $0 = completion }
        }
        var found: Completion?
        while found == nil {
          found = token.withLock { token in
            defer { token = nil }
            return token
          }
        }
        #expect(engine.complete(found!, failing: round % 2 == 0 ? nil : OperationFailure("lost")))
        #expect(!engine.complete(found!))
        let text = message { () throws(EngineError) in try engine.wait(for: a) }
        #expect(text == (round % 2 == 0 ? nil : "receive: lost"))
        #expect(!engine.complete(found!, failing: OperationFailure("too late")))
      }
    }
  }

  @Test func anAsynchronousOperationThatCannotStartFails() throws {
    withEngine(threads: 1) { engine in
      let a = engine.makeVariable()
      engine.pushAsync(name: "connect", writing: [a]) { _ throws(OperationFailure) in
        throw OperationFailure("no route")
      }
      #expect(message { () throws(EngineError) in try engine.wait(for: a) } == "connect: no route")
    }
  }

  @Test func variablesMayBeReleasedWhileOperationsArePending() throws {
    try withEngine(threads: 2) { engine in
      let gate = Gate()
      let cell = Cell()
      let first = engine.makeVariable()
      engine.push(name: "hold", writing: [first]) { _ in gate.pass() }
      var last = first
      for _ in 0..<10_000 {
        let next = engine.makeVariable()
        engine.push(Adding(cell: cell), reading: .of(last), writing: .of(next))
        engine.release(last)
        last = next
      }
      gate.open()
      try engine.wait(for: last)
      #expect(cell.value == 10_000)
      engine.release(last)
    }
  }

  @Test func aTimedWaitThrowsAndTheWorkGoesOn() throws {
    try withEngine(threads: 1) { engine in
      let gate = Gate()
      let a = engine.makeVariable()
      engine.push(name: "slow", writing: [a], site: CallSite("user.swift", 7)) { _ in gate.pass() }
      do throws(EngineError) {
        try engine.wait(for: a, timeout: .milliseconds(1))
        Issue.record("the wait ended")
      } catch {
        #expect(error.code == .timedOut)
        #expect(error.operation == "slow")
        #expect(
          error.message.hasPrefix(
            "not done in the time that the wait was given: slow (user.swift:7)"))
      }
      do throws(EngineError) {
        try engine.waitForAll(timeout: .milliseconds(1))
        Issue.record("the wait ended")
      } catch { #expect(error.code == .timedOut) }
      gate.open()
      try engine.wait(for: a)
      try engine.waitForAll()
    }
  }

  /// The clock jumps, so nothing sleeps; the report itself lets the operation go on.
  @Test func aLongWaitSaysWhatItWaitsFor() throws {
    let (gate, hasStarted) = (Gate(), Gate())
    let reports = Guarded<[String]>([])
    let seconds = Atomic<Int64>(0)
    let waits = WaitReporting(
      firstReportNanoseconds: 10_000_000_000,
      now: { seconds.wrappingAdd(11, ordering: .relaxed).newValue * 1_000_000_000 },
      write: { text in
        reports.withLock { $0.append(text) }
        gate.open()
      })
    try withEngine(threads: 1, waits: waits) { engine in
      let (a, b) = (engine.makeVariable(), engine.makeVariable())
      engine.push(name: "matmul", writing: [a], site: CallSite("train.swift", 30)) { _ in

        hasStarted.open()
        gate.pass()
      }
      engine.push(name: "relu", reading: [a], writing: [b], site: CallSite("train.swift", 31)) {
        _ in
      }
      hasStarted.pass()
      try engine.wait(for: b)
    }
    let text = try #require(reports.withLock { $0.first })
    #expect(text.hasPrefix("wait: still waiting after 11.0 s: relu (train.swift:31), "))
    #expect(text.contains("matmul (train.swift:30), running on worker 0"))
    // The planted stall: the worker's stack leads through this test's closure.
    #expect(text.contains("; worker 0 stands at "))
    // (The thread sanitizer hands signals on late, when the worker stands elsewhere.)
    let isSanitized = getenv("TANDEM_SANITIZED").map { String(cString: $0) == "thread" } ?? false
    #expect(isSanitized || text.contains("EngineTests.swift:"), "\(text)")
  }

  @Test func oneThreadWithEverythingNestedFinishes() throws {
    try withEngine(threads: 1) { engine in
      let (a, b) = (engine.makeVariable(), engine.makeVariable())
      let sum = Atomic<Int>(0)
      engine.push(name: "outer", writing: [a]) { context in
        context.parallel.parallelFor(8) { _ in
          context.parallel.parallelFor(8) { _ in sum.wrappingAdd(1, ordering: .relaxed) }
          engine.push(name: "inner", reading: [a], writing: [b]) { context in
            context.parallel.parallelFor(4) { _ in sum.wrappingAdd(1, ordering: .relaxed) }
          }
        }
      }
      try engine.waitForAll(timeout: .seconds(60))
      #expect(sum.load(ordering: .relaxed) == 64 + 32)
    }
  }

  @Test func manyEnginesOneAfterAnotherShareATeam() throws {
    let team = WorkerTeam(threads: 2)
    let cell = Cell()
    for _ in 0..<40 {
      let engine = ThreadedEngine(team: team)
      let a = engine.makeVariable()
      for _ in 0..<50 { engine.push(Adding(cell: cell), reading: .none, writing: .of(a)) }
      try engine.wait(for: a)
      engine.shutdown()
    }
    #expect(cell.value == 2_000)
    team.shutdown()
  }

  /// What a released variable stood for must not be given to others while an asynchronous operation
  /// writes it; the same on both engines.
  @Test func aReleasedVariableIsNobodysWhileItIsWritten() throws {
    func lastError(_ engine: Engine) -> String? {
      let completion = Guarded<Completion?>(nil)
      let a = engine.makeVariable()
      engine.pushAsync(name: "load", writing: [a]) { context in
        let own = context.completion
        completion.withLock { $0 = own }
      }
      while completion.withLock({ $0 }) == nil { sched_yield() }
      engine.release(a)
      let others = (0..<1_000).map { _ in engine.makeVariable() }
      let own = completion.withLock { $0 }!
      engine.complete(own, failing: OperationFailure("no such file"))
      return others.lazy.compactMap { other in
        message { () throws(EngineError) in try engine.wait(for: other) }
      }.first
    }
    #expect(lastError(SerialEngine()) == nil)
    withEngine(threads: 1) { engine in
      #expect(lastError(engine) == nil)
      _ = engine.takeErrors()
    }
  }

  /// A wait with a limit leaves nothing behind, so a program may poll for as long as it likes.
  @Test func pollingLeavesNoOperationsBehind() throws {
    try withEngine(threads: 1) { engine in
      let gate = Gate()
      let (a, b) = (engine.makeVariable(), engine.makeVariable())
      engine.push(name: "slow", writing: [a]) { _ throws(OperationFailure) in
        gate.pass()
        throw OperationFailure("lost")
      }
      for _ in 0..<3_000 {
        do throws(EngineError) {
          try engine.wait(for: a, timeout: .zero)
          Issue.record("the wait ended")
        } catch { #expect(error.code == .timedOut) }
      }
      #expect(engine.operationsInFlight == 1)
      gate.open()
      let seen = message { () throws(EngineError) in try engine.wait(for: a, timeout: .seconds(60))
      }
      #expect(seen == "slow: lost")
      try engine.wait(for: b, timeout: .zero)
      try engine.waitForAll()
    }
  }

  /// One thread waits inside its push for an asynchronous operation, which another thread completes
  /// after it has pushed something itself.
  @Test(.timeLimit(.minutes(5))) func aWaitingPushOnTheSerialEngineLetsOthersPush() throws {
    let isWaiting = Gate()
    let seconds = Atomic<Int64>(0)
    let engine = SerialEngine(
      waits: WaitReporting(
        firstReportNanoseconds: 10_000_000_000,
        now: { seconds.wrappingAdd(11, ordering: .relaxed).newValue * 1_000_000_000 },
        write: { _ in isWaiting.open() }))
    let (a, b) = (engine.makeVariable(), engine.makeVariable())
    let token = Guarded<Completion?>(nil)
    let cell = Cell()
    engine.pushAsync(name: "receive", writing: [a]) { context in
      let completion = context.completion
      token.withLock { $0 = completion }
    }
    onThreads([
      { engine.push(name: "reader", reading: [a]) { _ in cell.value += 10 } },
      {
        isWaiting.pass()
        engine.push(Adding(cell: cell), reading: .none, writing: .of(b))
        engine.complete(token.withLock { $0! })
      },
    ])
    try engine.waitForAll()
    #expect(cell.value == 11)
  }

  /// An operation pushes a reader of what an asynchronous one writes; whoever completes that pushes
  /// something itself before. Nobody waits for the other: what was pushed is put off.
  @Test(.timeLimit(.minutes(5))) func anOperationOfTheSerialEngineNeverWaits() throws {
    let engine = SerialEngine()
    let (a, b) = (engine.makeVariable(), engine.makeVariable())
    let token = Guarded<Completion?>(nil)
    let order = Guarded<[String]>([])
    let hasPushed = Gate()
    @Sendable func note(_ name: String) { order.withLock { $0.append(name) } }
    engine.pushAsync(name: "receive", writing: [a]) { context in
      let completion = context.completion
      token.withLock { $0 = completion }
    }
    onThreads([
      {
        engine.push(name: "outer") { _ in
          engine.push(name: "reader", reading: [a], writing: [b]) { _ throws(OperationFailure) in
            note("reader")
            throw OperationFailure("no good")
          }
          engine.push(name: "last", writing: [b]) { _ in note("last") }
          note("outer")
          hasPushed.open()
        }
        note("pushed")
        try? engine.wait(for: b)
        note("waited")
      },
      {
        hasPushed.pass()
        engine.push(name: "other") { _ in }
        while order.withLock({ $0.count }) < 2 { sched_yield() }
        engine.complete(token.withLock { $0! })
      },
    ])
    #expect(
      order.withLock { $0 } == ["outer", "pushed", "reader", "last", "waited"])
    #expect(engine.takeErrors().map(\.message) == ["no good"])
    try engine.waitForAll()
  }

  @Test func moreOperationsThanTheRingHoldsAndLongLists() throws {
    try withEngine(threads: 2) { engine in
      let gate = Gate()
      let all = (0..<300).map { _ in engine.makeVariable() }
      let count = Atomic<Int>(0)
      let hub = engine.makeVariable()
      engine.push(name: "hold", writing: [hub]) { _ in gate.pass() }
      // Thousands that wait for one and become ready at once; then one that waits for thousands.
      for index in 0..<12_000 {
        engine.push(name: "reader", reading: [hub, all[index % 300]]) { _ in
          count.wrappingAdd(1, ordering: .relaxed)
        }
      }
      let seen = Cell()
      engine.push(name: "all", reading: all, writing: [hub]) { _ in
        seen.value = count.load(ordering: .relaxed)
      }
      gate.open()
      try engine.wait(for: hub)
      #expect(seen.value == 12_000)
    }
  }

  @Test func largePayloadsAreBoxedAndDestroyedOnce() throws {
    final class Token: Sendable {}
    struct Large: OperationPayload {
      static let operationName: EngineLabel = "large"
      let token: Token
      let words = InlineArray<200, Int>(repeating: 7)
      let cell: Cell
      func run(_ context: borrowing OperationContext) { cell.value += words[199] }
    }
    try withEngine(threads: 1) { engine in
      let a = engine.makeVariable()
      let cell = Cell()
      weak var token: Token?
      do {
        let strong = Token()
        token = strong
        engine.push(Large(token: strong, cell: cell), reading: .none, writing: .of(a))
      }
      try engine.wait(for: a)
      #expect(cell.value == 7)
      #expect(token == nil)
    }
  }

  @Test func theNullEngineDestroysWhatItDoesNotRun() throws {
    let engine = NullEngine()
    let a = engine.makeVariable()
    weak var kept: Cell?
    do {
      let cell = Cell()
      kept = cell
      engine.push(Adding(cell: cell), reading: .none, writing: .of(a))
      try engine.wait(for: a)
      #expect(cell.value == 0)
    }
    #expect(kept == nil)
    engine.release(a)
  }
}

/// Adds one to a cell.
struct Adding: OperationPayload {
  static let operationName: EngineLabel = "adding"
  let cell: Cell
  func run(_ context: borrowing OperationContext) { cell.value += 1 }
}
