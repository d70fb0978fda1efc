import Glibc
import Synchronization
import TandemShapes
import TandemThreads
import Testing

@testable import TandemEngine

/// Engines of several devices: threads of their own, shared variables.
struct DeviceTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  /// Two engines beside each other, the first with `first` threads.
  private func withDevices(
    _ first: Int, _ second: Int, _ body: ([ThreadedEngine]) throws -> Void
  ) rethrows {
    let teams = [WorkerTeam(threads: first), WorkerTeam(threads: second)]
    let limits = EngineLimits(operationsInFlightMax: 65_536)
    let engine = ThreadedEngine(team: teams[0], limits: limits)
    let engines = [engine, ThreadedEngine(team: teams[1], beside: engine)]
    defer {
      for engine in engines { engine.shutdown() }
      for team in teams { team.shutdown() }
    }
    try body(engines)
  }

  /// Each operation runs on a thread of its device, whatever it waits for.
  @Test func operationsRunOnTheThreadsOfTheirDevice() throws {
    let strays = Atomic<Int>(0)
    try withDevices(1, 2) { engines in
      let a = engines[0].makeVariable()
      for index in 0..<4_000 {
        let engine = engines[index / 3 % 2]
        let team = engine.core.team
        engine.push(name: "where", writing: [a]) { _ in
          if !team._withUnsafeGuaranteedRef({ $0.isCurrentThreadWorker }) {
            strays.wrappingAdd(1, ordering: .relaxed)
          }
        }
      }
      try engines[0].wait(for: a)
      for engine in engines { try engine.waitForAll() }
      engines[0].release(a)
    }
    #expect(strays.load(ordering: .relaxed) == 0)
  }

  /// Random programs whose operations take turns on two devices leave what the serial twin leaves.
  @Test(arguments: 31...36 as ClosedRange<UInt64>)
  func twoDevicesLeaveWhatTheTwinLeaves(seed: UInt64) {
    let program = RandomProgram(
      seed: seed, count: 5_000, variables: 0..<SerialTwinTests.variables, failures: seed % 2 == 1)
    let expected = SerialTwinTests.outcome(program.operations, on: SerialEngine())
    withDevices(1 + Int(seed % 2), 2) { engines in
      let world = World(variables: SerialTwinTests.variables, operations: program.operations.count)
      let completer = Completer()
      let handles = (0..<SerialTwinTests.variables).map { _ in engines[0].makeVariable() }
      for operation in program.operations {
        engines[operation.id / 2 % 2].push(operation, handles, world, completer)
      }
      let poison = handles.enumerated().map { index, handle -> String? in
        do throws(EngineError) {
          try engines[index % 2].wait(for: handle)
          return nil
        } catch { return error.message }
      }
      for engine in engines { try? engine.waitForAll() }
      _ = engines[1].takeErrors()
      completer.end()
      let isEqual = SerialTwinTests.Outcome(bytes: world.contents, poison: poison) == expected
      #expect(isEqual, "seed \(seed)")
    }
  }

  /// A failure on one device is seen by what reads it on the other, and by waits on each.
  @Test func poisonCrossesDevices() throws {
    try withDevices(1, 1) { engines in
      let (a, b) = (engines[0].makeVariable(), engines[0].makeVariable())
      engines[1].push(name: "load", writing: [a], site: CallSite("user.swift", 6)) {
        _ throws(OperationFailure) in throw OperationFailure("no such file: 'x'")
      }
      engines[0].push(name: "copy", reading: [a], writing: [b]) { _ in }
      let text = "load: no such file: 'x', queued at user.swift:6"
      for engine in engines {
        let seen = message { () throws(EngineError) in try engine.wait(for: b) }
        #expect(seen == text)
      }
      engines[1].push(name: "fill", writing: [a, b]) { _ in }
      try engines[0].wait(for: b)
      #expect(engines[0].core.poisoned.isZero)
    }
  }

  /// An operation of the second device, which is waited for, pushes to the first, which was idle.
  @Test func aWaitForAllDevicesAwaitsWhatOnePushesToAnother() throws {
    let gate = Gate()
    let seconds = Atomic<Int64>(0)
    let waits = WaitReporting(
      firstReportNanoseconds: 10_000_000_000,
      now: { seconds.wrappingAdd(11, ordering: .relaxed).newValue * 1_000_000_000 },
      write: { _ in gate.open() })
    let teams = [WorkerTeam(threads: 1), WorkerTeam(threads: 1)]
    let first = ThreadedEngine(team: teams[0], waits: waits)
    let second = ThreadedEngine(team: teams[1], beside: first)
    let a = first.makeVariable()
    let cell = Cell()
    second.push(name: "outer") { _ in
      gate.pass()
      first.push(name: "inner", writing: [a]) { _ in
        for _ in 0..<1000 { sched_yield() }
        cell.value = 1
      }
    }
    try Engine.waitForAll(of: [first, second], timeout: nil)
    #expect(cell.value == 1)
    for engine in [first, second] { engine.shutdown() }
    for team in teams { team.shutdown() }
  }

  @Test func devicesThatDoNotFitTheBudgetAreRefused() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      // Said by the program, and where; not what the environment says.
      setenv("TANDEM_DEVICES", "3,1", 1)
      ThreadBudget.configure(threads: 2)
      Engine.configureDevices(threads: [2, 1], at: CallSite("user.swift", 7))
      _ = Engine.shared
    }
    #expect(
      text(result).contains(
        "devices: not sets of threads that share a budget of 2: [2, 1] (user.swift:7)\n"))
  }

  @Test(arguments: ["9223372036854775807,1", "1,x", "0", "2"])
  func aBadSettingIsNamed(setting: String) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [setting] in
      ThreadBudget.configure(threads: 1)
      setenv("TANDEM_DEVICES", setting, 1)
      _ = Engine.shared
    }
    #expect(
      text(result).contains(
        "devices: not sets of threads that share a budget of 1: TANDEM_DEVICES is '\(setting)'\n"))
  }

  @Test func oneDeviceMayHaveLessThanTheBudget() async {
    await #expect(processExitsWith: .success) {
      ThreadBudget.configure(threads: 3)
      Engine.configureDevices(threads: [2])
      let engine = try #require(Engine.shared as? ThreadedEngine)
      #expect(engine.core.team._withUnsafeGuaranteedRef { $0.width } == 2)
    }
  }

  @Test func devicesCannotChangeAfterTheirFirstUse() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = Engine.shared
      Engine.configureDevices(threads: [1], at: CallSite("user.swift", 8))
    }
    #expect(
      text(result).contains(
        "devices: configured after their first use: [1]. Configure them before the first array is "
          + "made (user.swift:8)\n"))
  }
}
