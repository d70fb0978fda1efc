import Glibc
import TandemShapes
import TandemThreads
import Testing

@testable import TandemEngine

/// No error is lost, however many there are, and none that was seen is reported.
struct ErrorLedgerTests {
  private static let count = ErrorLedger.keptMax + 44

  private func pushFailures(_ engine: Engine) -> [Variable] {
    (0..<ErrorLedgerTests.count).map { index in
      let variable = engine.makeVariable()
      engine.push(name: "load", writing: [variable]) { _ throws(OperationFailure) in
        throw OperationFailure("file \(index) is missing")
      }
      return variable
    }
  }

  private static let summary =
    "engine: operations failed whose errors were not kept, as 256 that nobody has seen are: 44"

  @Test func takeErrorsCountsWhatWasNotKept() throws {
    try withEngine(threads: 1) { try checkTaking($0) }
    try checkTaking(SerialEngine())
  }

  private func checkTaking(_ engine: Engine) throws {
    let variables = pushFailures(engine)
    try engine.waitUntilIdle(timeout: nil)
    let errors = engine.takeErrors()
    #expect(errors.count == ErrorLedger.keptMax + 1)
    #expect(errors.first?.message == "file 0 is missing")
    #expect(errors.last?.description == ErrorLedgerTests.summary)
    // Seen late: nothing is counted twice, and nothing below zero.
    for variable in variables {
      #expect(message { () throws(EngineError) in try engine.wait(for: variable) } != nil)
    }
    #expect(engine.takeErrors().isEmpty)
    try engine.waitForAll()
  }

  @Test func waitForAllThrowsForWhatWasNotKept() throws {
    try withEngine(threads: 1) { engine in
      _ = pushFailures(engine)
      for index in 0..<ErrorLedger.keptMax {
        let text = message { () throws(EngineError) in try engine.waitForAll() }
        #expect(text == "load: file \(index) is missing")
      }
      #expect(
        message { () throws(EngineError) in try engine.waitForAll() } == ErrorLedgerTests.summary)
      try engine.waitForAll()
    }
  }

  @Test func whatWasSeenIsNotReported() throws {
    try withEngine(threads: 2) { engine in
      let variables = pushFailures(engine)
      try engine.waitUntilIdle(timeout: nil)
      for variable in variables {
        #expect(message { () throws(EngineError) in try engine.wait(for: variable) } != nil)
      }
      #expect(engine.takeErrors().isEmpty)
    }
  }

  @Test func whatWasNotKeptIsCountedAtTheExitUnlessItWasSeen() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      let variables = ErrorLedgerTests().pushFailures(Engine.shared)
      try Engine.shared.waitUntilIdle(timeout: nil)
      for variable in variables.suffix(4) { try? Engine.shared.wait(for: variable) }
      exit(0)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("unobserved error: load: file 255 is missing\n"))
    #expect(text.contains("unobserved errors: 40 more\n"))
  }

  /// The last of the engines that share errors prints them when it ends.
  @Test func anEngineThatEndsPrintsWhatNobodySaw() async {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      func fail(_ engine: Engine, _ text: String) throws {
        engine.push(name: "load") { _ throws(OperationFailure) in throw OperationFailure(text) }
        try engine.waitUntilIdle(timeout: nil)
      }
      try fail(SerialEngine(), "of the serial engine")
      let teams = [WorkerTeam(threads: 1), WorkerTeam(threads: 1)]
      do {
        let first = ThreadedEngine(team: teams[0])
        do { try fail(ThreadedEngine(team: teams[1], beside: first), "of the second") }
        WaitReporting.writeToStandardError("the first one lives")
      }
    }
    let lines = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.contains("unobserved error: load: of the serial engine"))
    let lives = lines.firstIndex(of: "the first one lives") ?? .max
    #expect(lines.firstIndex(of: "unobserved error: load: of the second") ?? -1 > lives)
  }
}
