import CTandem
import Glibc
import Synchronization
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemEngine

/// Swift hides `fork`; programs that embed us call it all the same.
private func forkNow() -> pid_t {
  let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "fork")!
  return unsafeBitCast(symbol, to: (@convention(c) () -> pid_t).self)()
}

/// Does one operation on the engine and waits for it.
private func useOnce(_ engine: Engine, _ name: StaticString) {
  let a = engine.makeVariable()
  engine.push(name: EngineLabel(name), writing: [a], site: CallSite("child.swift", 3)) { _ in }
  try? engine.wait(for: a)
}

/// Links that ran of the chain below.
private let chainLinks = Atomic<Int>(0)

/// Never completed.
private struct Started: OperationPayload {
  static let operationName: EngineLabel = "started"
  func run(_ context: borrowing OperationContext) {}
}

/// Whether a child of this process ends by a signal.
private func endsBySignal(_ number: Int32, _ body: () -> Void) -> Bool {
  let child = forkNow()
  if child == 0 {
    endProcess(afterSeconds: 30)
    body()
    _exit(0)
  }
  var status: Int32 = 0
  return waitpid(child, &status, 0) == child && status & 0x7F == number
}

/// Processes that fork, are interrupted, and exit in every order.
struct ChildProcessTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func aForkedChildIsRefusedInWordsAndItsParentGoesOn() async {
    let result = await #expect(
      processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
    ) {
      let engine = ThreadedEngine(team: WorkerTeam(threads: 2))
      useOnce(engine, "before")
      let child = forkNow()
      if child == 0 {
        useOnce(engine, "in the child")
        _exit(0)
      }
      var status: Int32 = 0
      guard waitpid(child, &status, 0) == child, status & 0x7F == SIGABRT else { exit(1) }
      useOnce(engine, "after")
      engine.shutdown()
      exit(7)
    }
    #expect(
      text(result).contains(
        "in the child: used in a child process made by fork, which has none of the engine's threads"
      ), "\(text(result))")
  }

  /// A chain of a second that has begun when the program ends: what has not started does not start.
  @Test func theExitEndsAChainBetweenTwoOperations() async {
    await #expect(processExitsWith: .exitCode(7)) {
      atexit { _exit(chainLinks.load(ordering: .relaxed) < 100 ? 7 : 8) }
      let engine = Engine.shared
      let a = engine.makeVariable()
      for _ in 0..<200 {
        engine.push(name: "link", writing: [a]) { _ in
          let end = tandem_now() + 5_000_000
          while tandem_now() < end {}
          chainLinks.wrappingAdd(1, ordering: .relaxed)
        }
      }
      exit(0)
    }
  }

  @Test func aForkedChildMayExit() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let engine = Engine.shared
      useOnce(engine, "before")
      let child = forkNow()
      if child == 0 { exit(5) }
      var status: Int32 = 0
      guard waitpid(child, &status, 0) == child, status == 5 << 8 else { exit(1) }
      useOnce(engine, "after")
      exit(7)
    }
  }

  @Test func controlCEndsABusyProcess() async {
    await #expect(processExitsWith: .signal(SIGINT)) {
      let engine = Engine.shared
      let a = engine.makeVariable()
      signal(SIGINT, SIG_DFL)
      var mask = sigset_t()
      sigemptyset(&mask)
      sigaddset(&mask, SIGINT)
      pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      engine.push(name: "endless", writing: [a]) { _ in while true { sched_yield() } }
      kill(getpid(), SIGINT)
      try? engine.wait(for: a)
    }
  }

  /// The watch for interrupts notes forks, too, where no engine with threads does.
  @Test(
    .enabled(
      if: getenv("TANDEM_SANITIZED") == nil, "SKIPPED: a sanitizer puts signals off in a child"))
  func controlCEndsAForkedChildOfAWatchedProcess() async {
    await #expect(processExitsWith: .exitCode(7)) {
      signal(SIGINT, SIG_DFL)
      var mask = sigset_t()
      sigemptyset(&mask)
      sigaddset(&mask, SIGINT)
      pthread_sigmask(SIG_UNBLOCK, &mask, nil)
      tandem_watch_interrupt {}
      exit(endsBySignal(SIGINT) { kill(getpid(), SIGINT) } ? 7 : 1)
    }
  }

  /// What is pending never ends in the child; what is not, runs. The child's exit prints nothing
  /// of what the parent prints, and leaves the trace to it.
  @Test func theSerialEngineRefusesInAForkedChildWhatNeverEnds() async {
    let result = await #expect(
      processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
    ) {
      endProcess(afterSeconds: 60)
      let trace = "\(P_tmpdir)/tandem-\(getpid()).json"
      // Before the engine's own: these run in reverse order.
      atexit { unlink("\(P_tmpdir)/tandem-\(getpid()).json") }
      setenv("TANDEM_ENGINE", "serial", 1)
      setenv("TANDEM_PROFILE", trace, 1)
      // What `fail` needs of the runtime is made here: in the child nothing may be.
      FailureHandler.install(FailureHandler.install { _ in abort() })
      let engine = Engine.shared
      let (a, b, c) = (engine.makeVariable(), engine.makeVariable(), engine.makeVariable())
      let token = Guarded<Completion?>(nil)
      engine.push(name: "load", writing: [c]) { _ throws(OperationFailure) in
        throw OperationFailure("no such file")
      }
      engine.pushAsync(name: "receive", writing: [a]) { context in
        let own = context.completion
        token.withLock { $0 = own }
      }
      let reader = { engine.push(name: "reader", reading: [a]) { _ in } }
      let areRefused =
        endsBySignal(SIGABRT) { reader() }
        && endsBySignal(SIGABRT) { engine.withoutWaiting(reader) }
        && endsBySignal(SIGABRT) { try? engine.wait(for: a) }
        && endsBySignal(SIGABRT) { try? engine.waitForAll() }
      let hasExited = endsBySignal(0) {
        engine.push(name: "free", writing: [b]) { _ in }
        exit(0)
      }
      let isLeftToParent = access(trace, F_OK) != 0
      engine.complete(token.withLock { $0! })
      useOnce(engine, "after")
      exit(areRefused && hasExited && isLeftToParent ? 7 : 1)
    }
    let words = ": used in a child process made by fork, which has none of the engine's threads"
    for call in ["reader", "wait(for:)", "waitForAll()"] {
      #expect(text(result).contains(call + words), "\(text(result))")
    }
    let errors = text(result).split(separator: "\n").filter { $0.contains("unobserved error") }
    #expect(errors.count == 1, "\(text(result))")
  }

  @Test func exitInsideAnOperation() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let engine = Engine.shared
      let a = engine.makeVariable()
      engine.push(name: "last", writing: [a]) { _ in exit(7) }
      try? engine.wait(for: a)
    }
  }

  @Test func exitWhileOperationsAreQueued() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let engine = Engine.shared
      let a = engine.makeVariable()
      for _ in 0..<10_000 { engine.push(name: "one", writing: [a]) { _ in sched_yield() } }
      exit(7)
    }
  }

  @Test func exitWhileAnotherThreadWaits() async {
    await #expect(processExitsWith: .exitCode(7)) {
      let engine = Engine.shared
      let a = engine.makeVariable()
      engine.pushAsync(Started(), reading: .none, writing: .of(a))
      onThreads([
        { if (try? engine.wait(for: a, timeout: .milliseconds(20))) == nil { exit(7) } },
        { try? engine.wait(for: a) },
      ])
    }
  }

  @Test func exitAfterTheShutdown() async {
    await #expect(processExitsWith: .exitCode(7)) {
      useOnce(Engine.shared, "once")
      Engine.shared.shutdown()
      exit(7)
    }
  }

  @Test func exitWithoutAnEngine() async {
    await #expect(processExitsWith: .exitCode(7)) {
      _ = WorkerTeam.shared
      exit(7)
    }
  }

  @Test func waitingInsideALoopFails() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let team = WorkerTeam(threads: 2)
      let engine = ThreadedEngine(team: team)
      let a = engine.makeVariable()
      team.context.parallelFor(4) { _ in try? engine.wait(for: a) }
    }
    #expect(
      text(result).contains("engine: wait(for:) called inside a parallelFor, which must not wait"))
  }

  @Test(.timeLimit(.minutes(5))) func theStartOfAnAsynchronousOperationMustNotWait() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = SerialEngine()
      let a = engine.makeVariable()
      engine.pushAsync(name: "waiting", writing: [a]) { _ in try? engine.wait(for: a) }
    }
    #expect(
      text(result).contains("engine: wait(for:) called inside an operation, which must not wait\n"))
  }

  @Test(.timeLimit(.minutes(5)))
  func theStartOfAnAsynchronousOperationOfTheSerialEngineMayExit() async {
    await #expect(processExitsWith: .exitCode(7)) {
      setenv("TANDEM_ENGINE", "serial", 1)
      Engine.shared.pushAsync(name: "last", options: OperationOptions(finishesBeforeExit: true)) {
        _ in exit(7)
      }
    }
  }

  @Test func loaderThreadsAreRefusedInAForkedChild() async {
    let result = await #expect(
      processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
    ) {
      // No engine: loader threads watch for forks themselves.
      let loader = LoaderThreads(threads: 1)
      endProcess(afterSeconds: 60)
      let child = forkNow()
      if child == 0 {
        endProcess(afterSeconds: 30)
        loader.shutdown()
        loader.run {}
        _exit(0)
      }
      var status: Int32 = 0
      guard waitpid(child, &status, 0) == child, status & 0x7F == SIGABRT else { exit(1) }
      loader.shutdown()
      exit(7)
    }
    #expect(
      text(result).contains(
        "loader threads: used in a child process made by fork, which has none of them"),
      "\(text(result))")
  }

  @Test(.timeLimit(.minutes(5))) func loaderThreadsDoNotEndInsideAnOperation() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let loader = LoaderThreads(threads: 1)
      Engine.shared.push(name: "ending") { _ in loader.shutdown() }
      try? Engine.shared.waitForAll()
    }
    let words =
      "loader threads: shutdown called by one of them, a worker or an operation, which must "
      + "not wait"
    #expect(text(result).contains(words))
    let own = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let loader = LoaderThreads(threads: 1)
      loader.run { loader.shutdown() }
      while true { sched_yield() }
    }
    #expect(text(own).contains(words))
  }

  @Test func theSerialEngineKeepsTheRules() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let engine = SerialEngine()
      engine.push(name: "waiting") { _ in try? engine.waitForAll() }
    }
    #expect(
      text(result).contains(
        "engine: waitForAll() called inside an operation, which must not wait\n"))
  }
}
