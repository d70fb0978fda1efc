import Glibc
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemEngine

/// What is written when a program does what it must not, and when it ends.
struct ProcessTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func aPushAfterTheShutdownFails() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = ThreadedEngine(team: WorkerTeam(threads: 1))
      engine.shutdown()
      engine.push(name: "late", site: CallSite("user.swift", 4)) { _ in }
    }
    #expect(text(result).contains("late: pushed to an engine that was shut down (user.swift:4)\n"))
  }

  @Test func aWaitInsideAnOperationFails() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = ThreadedEngine(team: WorkerTeam(threads: 1))
      let a = engine.makeVariable()
      engine.push(name: "waiting") { _ in try? engine.wait(for: a) }
      try? engine.waitForAll()
    }
    #expect(
      text(result).contains("engine: wait(for:) called inside an operation, which must not wait\n"))
  }

  @Test func aSecondReleaseFails() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = NullEngine()
      let a = engine.makeVariable()
      engine.release(a)
      engine.release(a)
    }
    #expect(text(result).contains("engine: a variable was released twice\n"))
  }

  @Test func aReleasedVariableCannotBeUsed() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = SerialEngine()
      let a = engine.makeVariable()
      engine.release(a)
      engine.push(name: "add", reading: [a], site: CallSite("user.swift", 9)) { _ in }
    }
    #expect(
      text(result).contains("add: a variable of the operation was released before (user.swift:9)\n")
    )
  }

  /// The same while an operation that uses it is queued, so that its state is nobody's yet.
  @Test func aReleasedVariableThatIsInUseCannotBeUsed() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = ThreadedEngine(team: WorkerTeam(threads: 1))
      let a = engine.makeVariable()
      engine.push(name: "endless", writing: [a]) { _ in while true { sched_yield() } }
      engine.release(a)
      engine.push(name: "add", reading: [a], site: CallSite("user.swift", 9)) { _ in }
      _exit(0)
    }
    #expect(
      text(result).contains("add: a variable of the operation was released before (user.swift:9)\n")
    )
  }

  @Test func aReleasedVariableCannotBeWaitedFor() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = ThreadedEngine(team: WorkerTeam(threads: 1))
      let a = engine.makeVariable()
      engine.release(a)
      try? engine.wait(for: a)
      _exit(0)
    }
    let expected = "engine: wait(for:): the variable was released before\n"
    #expect(text(result).contains(expected))
    let serial = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = SerialEngine()
      let a = engine.makeVariable()
      engine.release(a)
      try? engine.wait(for: a)
      _exit(0)
    }
    #expect(text(serial).contains(expected))
  }

  @Test func theBudgetCannotChangeAfterItsFirstUse() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      ThreadBudget.configure(threads: 3)
      guard ThreadBudget.count == 3 else { exit(0) }
      ThreadBudget.configure(threads: 2, at: CallSite("user.swift", 2))
    }
    #expect(
      text(result).contains(
        "thread budget: configured after its first use: 2 asked for, 3 in use. "
          + "Configure it before the first array is made (user.swift:2)\n"))
  }

  /// Opens when the process begins to exit.
  static let exitGate = Gate()

  /// Starts an asynchronous operation that is completed only after the process began to exit, and
  /// exits.
  private static func exitBeforeCompletion() -> Never {
    let engine = Engine.shared
    let a = engine.makeVariable()
    // Before the engine's own: these run in reverse order.
    atexit { ProcessTests.exitGate.open() }
    engine.pushAsync(
      name: "save", writing: [a], options: OperationOptions(finishesBeforeExit: true)
    ) { context in
      let completion = context.completion
      let thread = startThread {
        ProcessTests.exitGate.pass()
        for _ in 0..<1000 { sched_yield() }
        WaitReporting.writeToStandardError("saved")
        Engine.shared.complete(completion)
      }
      // Nobody waits for it, and the thread sanitizer calls that a leak.
      pthread_detach(thread)
    }
    exit(0)
  }

  @Test func theExitAwaitsAnAsynchronousOperation() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) { ProcessTests.exitBeforeCompletion() }
    #expect(text(result).split(separator: "\n").contains("saved"))
  }

  @Test func theExitAwaitsAnAsynchronousOperationOfTheSerialEngine() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      setenv("TANDEM_ENGINE", "serial", 1)
      ProcessTests.exitBeforeCompletion()
    }
    #expect(text(result).split(separator: "\n").contains("saved"))
  }

  /// A file write on one device that waits for work on another, which is not halted before.
  @Test func theExitAwaitsWhatAnotherDeviceHasToDoFirst() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      ThreadBudget.configure(threads: 2)
      Engine.configureDevices(threads: [1, 1])
      let (first, second) = (Engine.device(0), Engine.device(1))
      let a = first.makeVariable()
      atexit { ProcessTests.exitGate.open() }
      first.push(name: "hold", writing: [a]) { _ in
        ProcessTests.exitGate.pass()
        for _ in 0..<1000 { sched_yield() }
      }
      first.push(name: "compute", writing: [a]) { _ in }
      second.push(
        name: "save", reading: [a], options: OperationOptions(finishesBeforeExit: true)
      ) { _ in WaitReporting.writeToStandardError("saved") }
      exit(0)
    }
    #expect(text(result).split(separator: "\n").contains("saved"))
  }

  /// A file write that an operation on the second device pushes to the first, which is idle by
  /// then.
  @Test func theExitAwaitsWhatOneDevicePushesToAnother() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      ThreadBudget.configure(threads: 2)
      Engine.configureDevices(threads: [1, 1])
      let (first, second) = (Engine.device(0), Engine.device(1))
      atexit { ProcessTests.exitGate.open() }
      second.push(name: "outer", options: OperationOptions(finishesBeforeExit: true)) { _ in
        ProcessTests.exitGate.pass()
        for _ in 0..<1000 { sched_yield() }
        first.push(name: "save", options: OperationOptions(finishesBeforeExit: true)) { _ in
          for _ in 0..<1000 { sched_yield() }
          WaitReporting.writeToStandardError("saved")
        }
      }
      exit(0)
    }
    #expect(text(result).split(separator: "\n").contains("saved"))
  }

  @Test func theEnvironmentSaysWhenAWaitReports() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      let nanoseconds: KeyValuePairs<String, Int64> = [
        "0.25": 250_000_000, "1e-10": 1, "0": 10_000_000_000, "-1": 10_000_000_000,
        "nan": 10_000_000_000, "soon": 10_000_000_000,
      ]
      for (text, expected) in nanoseconds {
        setenv("TANDEM_WAIT_REPORT_SECONDS", text, 1)
        #expect(WaitReporting.configuredNanoseconds == expected)
      }
      setenv("TANDEM_WAIT_REPORT_SECONDS", "1e-10", 1)
      let gate = Gate()
      let waits = WaitReporting(write: { text in
        WaitReporting.writeToStandardError(text)
        gate.open()
      })
      let engine = ThreadedEngine(team: WorkerTeam(threads: 1), waits: waits)
      let a = engine.makeVariable()
      engine.push(name: "slow", writing: [a]) { _ in gate.pass() }
      try engine.wait(for: a)
    }
    #expect(text(result).contains("wait: still waiting after 0.0 s: slow"))
  }

  /// Intervals that double must grow, whatever the first one is.
  @Test(arguments: [0, -5, 1] as [Int64]) func theFirstReportMayBeAtOnce(nanoseconds: Int64) {
    let lines = Guarded(0)
    let waits = WaitReporting(
      firstReportNanoseconds: nanoseconds, now: { 1_000_000 },
      write: { _ in lines.withLock { $0 += 1 } })
    var clock = WaitClock(waits, timeout: nil)
    for _ in 0..<2 { #expect((clock.tick { "it" } ?? 0) > 0) }
    #expect(lines.withLock { $0 } == (nanoseconds == 1 ? 0 : 1))
  }

  /// On a thread that never used the engine: the message needs no memory for it.
  @Test(
    .enabled(
      if: getenv("TANDEM_SANITIZED") == nil,
      "SKIPPED: a sanitizer's own memory ends first, with its own words"))
  func outOfMemoryBesideTheEngineIsSaidInWords() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      endProcess(afterSeconds: 60)
      _ = Engine.shared
      onThreads([
        {
          // No more address space than there is now.
          var text = [CChar](repeating: 0, count: 64)
          let file = fopen("/proc/self/statm", "r")!
          fgets(&text, 64, file)
          fclose(file)
          var limit = rlimit()
          getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
          limit.rlim_cur = UInt(atol(text)) << 12
          setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
          while true { _ = BufferPool.shared.allocate(byteCount: 32 << 10) }
        }
      ])
    }
    #expect(
      text(result).contains("buffer pool: out of memory: 1048576 bytes asked for, "),
      "\(text(result))")
  }

  /// Queued file writes finish, and errors that nobody saw are printed.
  @Test func theEndOfTheProcess() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      let engine = Engine.shared
      let (a, b) = (engine.makeVariable(), engine.makeVariable())
      engine.push(name: "compute", writing: [a]) { _ in for _ in 0..<1000 { sched_yield() } }
      engine.push(
        name: "save", reading: [a], options: OperationOptions(finishesBeforeExit: true)
      ) { _ in WaitReporting.writeToStandardError("saved") }
      engine.push(name: "load", writing: [b], site: CallSite("user.swift", 6)) {
        _ throws(OperationFailure) in throw OperationFailure("no such file: 'x'")
      }
      engine.push(
        name: "last", reading: [], writing: [b],
        options: OperationOptions(priority: .low, finishesBeforeExit: true)
      ) { _ in }
      exit(0)
    }
    let lines = text(result).split(separator: "\n")
    #expect(lines.contains("saved"))
    #expect(lines.contains("unobserved error: load: no such file: 'x', queued at user.swift:6"))
  }
}
