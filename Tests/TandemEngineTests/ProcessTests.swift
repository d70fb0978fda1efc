import Glibc
import TandemShapes
import TandemThreads
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
