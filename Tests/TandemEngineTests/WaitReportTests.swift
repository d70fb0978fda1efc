import Glibc
import Synchronization
import TandemShapes
import TandemThreads
import Testing

@testable import TandemEngine

/// What waiting threads say, by clocks that jump and by the real one; the report itself lets the
/// operation go on, so a report that does not come is a test that does not end.
@Suite(.timeLimit(.minutes(2)))
struct WaitReportTests {
  private let gate = Gate()
  private let reports = Guarded<[String]>([])

  /// - Parameter milliseconds: of the real clock; nil for one that jumps.
  private func waits(after milliseconds: Int64?) -> WaitReporting {
    let jumps = Guarded<Int64>(0)
    let write: @Sendable (String) -> Void = { [reports, gate] text in
      reports.withLock { $0.append(text) }
      gate.open()
    }
    if let milliseconds {
      return WaitReporting(firstReportNanoseconds: milliseconds * 1_000_000, write: write)
    }
    return WaitReporting(
      firstReportNanoseconds: 10_000_000_000,
      now: {
        jumps.withLock { seconds in
          seconds += 11
          return seconds * 1_000_000_000
        }
      }, write: write)
  }

  private func first() throws -> String { try #require(reports.withLock { $0.first }) }

  /// A planted stall: the waiting thread sleeps, and nothing but its own deadline wakes it.
  @Test(arguments: [true, false]) func aStallIsReportedByTheRealClock(ofOne: Bool) throws {
    try withEngine(threads: 1, waits: waits(after: 50)) { [gate] engine in
      let a = engine.makeVariable()
      let hasStarted = Gate()
      engine.push(name: "stall", writing: [a], site: CallSite("user.swift", 3)) { _ in
        hasStarted.open()
        gate.pass()
      }
      hasStarted.pass()
      if ofOne { try engine.wait(for: a) } else { try engine.waitForAll() }
    }
    let text = try first()
    #expect(text.contains("stall (user.swift:3), running on worker 0"), "\(text)")
  }

  @Test func theSerialEngineReportsAStallByTheRealClock() throws {
    let completion = Guarded<Completion?>(nil)
    let engine = SerialEngine(waits: waits(after: 50))
    let a = engine.makeVariable()
    engine.pushAsync(name: "receive", writing: [a], site: CallSite("user.swift", 4)) { context in
      let own = context.completion
      completion.withLock { $0 = own }
    }
    onThreads([
      { try? engine.wait(for: a) },
      {
        self.gate.pass()
        engine.complete(completion.withLock { $0! })
      },
    ])
    let text = try first()
    #expect(
      text.hasSuffix(" s: receive (user.swift:4), started, waits for its completion"), "\(text)")
  }

  @Test func theSerialEngineNamesWhatItWaitsForInItsError() throws {
    let completion = Guarded<Completion?>(nil)
    let engine = SerialEngine()
    let a = engine.makeVariable()
    engine.pushAsync(name: "receive", writing: [a], site: CallSite("user.swift", 4)) { context in
      let own = context.completion
      completion.withLock { $0 = own }
    }
    let text =
      "receive: not done in the time that the wait was given: receive (user.swift:4), started, "
      + "waits for its completion, queued at user.swift:4"
    #expect(
      message { () throws(EngineError) in try engine.wait(for: a, timeout: .zero) } == text)
    #expect(message { () throws(EngineError) in try engine.waitForAll(timeout: .zero) } == text)
    engine.complete(completion.withLock { $0! })
  }

  /// The operation stalls on the second device; the thread waits on the first.
  @Test func aWaitNamesTheDeviceAndTheStackOfWhatItWaitsFor() throws {
    let teams = [WorkerTeam(threads: 1), WorkerTeam(threads: 1)]
    let first = ThreadedEngine(team: teams[0], waits: waits(after: nil))
    let second = ThreadedEngine(team: teams[1], beside: first)
    let a = first.makeVariable()
    let hasStarted = Gate()
    second.push(name: "stall", writing: [a], site: CallSite("user.swift", 5)) { [gate] _ in
      hasStarted.open()
      gate.pass()
    }
    hasStarted.pass()
    try first.wait(for: a)
    for engine in [first, second] { engine.shutdown() }
    for team in teams { team.shutdown() }
    let text = try self.first()
    #expect(text.contains("stall (user.swift:5), running on worker 0 of device 1"), "\(text)")
    #expect(text.contains("; worker 0 of device 1 stands at "), "\(text)")
    #expect(text.contains("; 2 operations in flight"), "\(text)")
  }

  @Test func aWaitNamesTheThreadThatRunsTinyWorkItself() throws {
    // A thread of a dispatch queue would block the signal that asks for its stack.
    let threads = LoaderThreads(threads: 1)
    try withEngine(threads: 1, waits: waits(after: 50)) { [gate] engine in
      let a = engine.makeVariable()
      let hasStarted = Gate()
      threads.run {
        engine.push(name: "stall", writing: [a], site: CallSite("user.swift", 7), options: .tiny) {
          _ in
          hasStarted.open()
          gate.pass()
        }
      }
      hasStarted.pass()
      try engine.wait(for: a)
    }
    threads.shutdown()
    let text = try first()
    #expect(
      text.contains("stall (user.swift:7), running on the thread that queued it; thread "),
      "\(text)")
    #expect(text.contains(" stands at "), "\(text)")
  }

  @Test func aPushThatIsHeldBackSaysWhyByCount() throws {
    let limits = EngineLimits(operationsInFlightMax: 100)
    try withEngine(threads: 1, limits: limits, waits: waits(after: nil)) { [gate] engine in
      let a = engine.makeVariable()
      engine.push(name: "hold", writing: [a]) { _ in gate.pass() }
      for _ in 0..<200 {
        engine.push(name: "add", writing: [a], site: CallSite("user.swift", 6)) { _ in }
      }
      try engine.waitForAll()
    }
    let text = try first()
    #expect(
      text.contains(
        " s: add (user.swift:6), not queued yet, for room: 127 operations are in flight, it goes "
          + "on at 50; 127 operations in flight"), "\(text)")
  }

  @Test func aCompiledCallThatIsHeldBackSaysWhichItIs() throws {
    let limits = EngineLimits(operationsInFlightMax: 100)
    try withEngine(threads: 1, limits: limits, waits: waits(after: nil)) { [gate] engine in
      let a = engine.makeVariable()
      engine.push(name: "hold", writing: [a]) { _ in gate.pass() }
      engine.withoutWaiting {
        for _ in 0..<120 { engine.push(name: "add", writing: [a]) { _ in } }
      }
      engine.awaitRoom(for: 60, bytes: 0, of: "the region compiled at user.swift:9")
      try engine.waitForAll()
    }
    let text = try first()
    #expect(
      text.contains(
        " s: 60 operations of the region compiled at user.swift:9, not queued yet, for room: 121 "
          + "operations are in flight, it goes on at 50; "), "\(text)")
  }

  /// A report of one device looks at another one, which may go away meanwhile.
  @Test func aReportKeepsTheTeamsThatItLooksAt() throws {
    let team = WorkerTeam(threads: 1)
    let first = ThreadedEngine(team: team)
    weak var other: WorkerTeam?
    var looked: [DeviceCores.Member] = []
    do {
      let team = WorkerTeam(threads: 1)
      let second = ThreadedEngine(team: team, beside: first)
      other = team
      looked = first.core.devices.all
      second.shutdown()
      team.shutdown()
    }
    #expect(first.core.devices.all.count == 1)
    #expect(other != nil)
    #expect(looked.map(\.suffix) == [" of device 0", " of device 1"])
    looked = []
    #expect(other == nil)
    first.shutdown()
    team.shutdown()
  }

  @Test func aPushThatIsHeldBackSaysWhyByBytes() throws {
    let limits = EngineLimits(declaredBytesInFlightMax: 20 << 20)
    try withEngine(threads: 1, limits: limits, waits: waits(after: nil)) { [gate] engine in
      let a = engine.makeVariable()
      engine.push(name: "hold", writing: [a]) { _ in gate.pass() }
      for _ in 0..<30 {
        engine.push(
          name: "add", writing: [a], site: CallSite("user.swift", 7),
          options: OperationOptions(declaredBytes: 1 << 20)
        ) { _ in }
      }
      try engine.waitForAll()
    }
    let text = try first()
    #expect(
      text.contains(
        " s: add (user.swift:7), not queued yet, for room: operations in flight declare 21504 KiB, "
          + "it goes on at 10240 KiB; "), "\(text)")
  }

  @Test func theExitSaysWhatItWaitsFor() throws {
    withEngine(threads: 1, waits: waits(after: nil)) { [gate] engine in
      engine.push(
        name: "save", site: CallSite("user.swift", 8),
        options: OperationOptions(finishesBeforeExit: true)
      ) { _ in gate.pass() }
      #expect(engine.awaitBeforeExit())
    }
    let text = try first()
    #expect(
      text.contains(
        " s: the exit of the process, for 1 operations that finish before it; 1 operations in "
          + "flight"), "\(text)")
  }

  /// Deadlines and sizes at the end of their range are late and large, not a trap.
  @Test func theEndsOfTheRange() throws {
    var clock = WaitClock(
      WaitReporting(firstReportNanoseconds: .max, now: { 1_000_000 }), timeout: .seconds(Int64.max))
    #expect(clock.tick { "it" } ?? 0 > 0)
    try withEngine(threads: 1) { engine in
      let thread = EngineThread.current
      defer { thread.pointee.neverBlocks = false }
      Engine.neverBlockCurrentThread()
      let a = engine.makeVariable()
      let isOpen = Gate()
      engine.push(
        name: "huge", writing: [a], options: OperationOptions(declaredBytes: .max)
      ) { _ in isOpen.pass() }
      engine.push(
        name: "none", writing: [a], options: OperationOptions(declaredBytes: -5)
      ) { _ in }
      #expect(engine.core.inFlight.kilobytes == Int(UInt32.max))
      isOpen.open()
      try engine.waitForAll()
      #expect(engine.core.inFlight.kilobytes == 0)
    }
  }
}
