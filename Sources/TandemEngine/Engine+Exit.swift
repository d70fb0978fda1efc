import CTandem
import Glibc
import Synchronization
import TandemShapes
import TandemThreads

// The engine of the process: how it is chosen, and what happens when the process exits.

extension Engine {
  /// The engines of the process's devices.
  static func makeDevices() -> [Engine] {
    let setting = getenv("TANDEM_ENGINE").map { String(cString: $0) } ?? "threaded"
    let threads = DeviceThreads.settled()
    let engines: [Engine]
    switch setting {
    case "threaded", "": engines = makeThreaded(threads)
    case "serial": engines = Array(repeating: SerialEngine(), count: max(1, threads.count))
    case "null": engines = Array(repeating: NullEngine(), count: max(1, threads.count))
    default:
      fail("TANDEM_ENGINE: neither threaded nor serial nor null: '\(setting)'", at: .unknown)
    }
    Profiler.startIfAsked()
    BufferPool.runningOperation.withLock { $0 = NodeCalls.running }
    atexit {
      Engine.awaitBeforeExit(of: Engine.devices)
      for engine in Engine.devices { engine.finishBeforeExit() }
    }
    return engines
  }

  /// One engine with all threads if there are no numbers, else one for each.
  private static func makeThreaded(_ threads: [Int]) -> [Engine] {
    guard !threads.isEmpty else { return [ThreadedEngine(team: .shared)] }
    let teams = WorkerTeam.disjoint(threads: threads)
    let first = ThreadedEngine(team: teams[0])
    return [first] + teams.dropFirst().map { ThreadedEngine(team: $0, beside: first) }
  }

  /// Waits for what must be done before the exit. An operation on one device may push such a one to
  /// another that was looked at before, so one look at each is not enough.
  static func awaitBeforeExit(of engines: [Engine]) {
    var isDone = false
    while !isDone {
      for engine in engines where !engine.awaitBeforeExit() { return }
      let done = engines.reduce(0) { $0 + $1.exitCriticalDoneCount }
      isDone = engines.reduce(0) { $0 + $1.exitCriticalPushedCount } == done
    }
  }

  /// Prints errors that nobody has seen, after the trace that the environment asked for.
  static func printUnobserved(_ errors: ErrorLedger) {
    Profiler.writeIfAsked()
    errors.printUnseen()
  }
}

extension EngineCore {
  /// For how long the exit of the process waits for operations that are running, so that none uses
  /// what the libraries' own exit handlers take away.
  private static let exitGrace = Duration.seconds(2)

  private static var isInside: Bool {
    tandem_thread().pointee.depth != 0 || tandem_thread().pointee.team != nil
  }

  /// Waits for queued file writes and what they depend on; false if this thread cannot wait.
  func awaitBeforeExit() -> Bool {
    if ForkedChild.isCurrent || EngineCore.isInside { return false }
    return waitUntilIdle(
      timeout: nil,
      { "the exit of the process, for \($0.exitCritical) operations that finish before it" },
      until: { $0.exitCritical == 0 })
  }

  /// Lets the workers start nothing else, and prints what nobody has seen.
  func finishBeforeExit() {
    if ForkedChild.isCurrent { return }
    team._withUnsafeGuaranteedRef { $0.haltOperations() }
    if !EngineCore.isInside { _ = awaitWorkers() }
    Engine.printUnobserved(errors)
  }

  private func awaitWorkers() -> Bool {
    let end = tandem_now() + EngineCore.exitGrace.nanoseconds
    let width = team._withUnsafeGuaranteedRef { $0.width }
    while tandem_now() < end {
      // A worker that is between taking an operation and noting it is missed, which matters little:
      // it only makes the exit a little less orderly.
      if (0..<width).allSatisfy({ running[$0].load(ordering: .acquiring) == 0 }) { return true }
      tandem_yield()
    }
    return false
  }
}
