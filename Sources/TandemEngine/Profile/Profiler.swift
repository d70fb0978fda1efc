import CTandem
import Glibc
import Synchronization
import TandemShapes
import TandemThreads

/// Notes down what the engine runs, on which thread and for how long.
///
/// ```swift
/// Profiler.start()
/// Profiler.scope("epoch") { train() }
/// let profile = Profiler.stop()
/// print(profile)                           // a table: operator, count, time, bytes, rates
/// try profile.writeTrace(to: "trace.json")  // for chrome://tracing or ui.perfetto.dev
/// ```
///
/// With `TANDEM_PROFILE=trace.json` a program profiles itself from its first operation to its exit,
/// or to Ctrl-C unless it handles that itself, and writes the trace there, and the table where
/// `TANDEM_PROFILE_TABLE` says; `tandem profile` sets both. While nothing is noted, an operation
/// pays for one relaxed load.
public enum Profiler {
  /// Events that one thread notes down at most between a start and a stop; further ones are
  /// counted.
  public static let eventsPerThreadMax = 1_000_000

  static let isOn = Atomic<Bool>(false)
  private static let startTime = Atomic<Int64>(0)
  private static let lanes = Guarded<[ProfileLane]>([])
  private static let writing = Guarded(())

  /// Whether events are noted down.
  public static var isRunning: Bool { isOn.load(ordering: .relaxed) }

  /// Forgets what was noted down before and starts anew.
  public static func start() {
    for lane in lanes.withLock({ $0 }) { _ = lane.take() }
    LiveMemory.restart()
    startTime.store(tandem_now(), ordering: .relaxed)
    isOn.store(true, ordering: .sequentiallyConsistent)
  }

  /// Ends the recording and returns it. What is still running is not part of it: wait for it first.
  public static func stop() -> Profile {
    let end = tandem_now()
    isOn.store(false, ordering: .sequentiallyConsistent)
    let all = lanes.withLock { $0 }.map { ($0, $0.take()) }
    let start = startTime.load(ordering: .relaxed)
    return Profile(
      startNanoseconds: start, endNanoseconds: end,
      threads: all.compactMap { lane, taken in
        taken.events.isEmpty && taken.dropped == 0
          ? nil
          : Profile.Thread(
            number: lane.number, name: lane.name, events: taken.events, droppedCount: taken.dropped)
      }, liveMemory: LiveMemory.snapshot())
  }

  /// Runs `body` and, if something is being recorded, notes down on this thread's row how long it
  /// took. Operations that `body` queues may run after it.
  public static func scope<Value, Failure: Error>(
    _ name: @autoclosure () -> String, _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    guard isRunning else { return try body() }
    let label = EngineLabel(interning: name())
    let start = tandem_now()
    defer {
      note(Profile.Event(kind: .scope, label: label, start: start, end: tandem_now()))
    }
    return try body()
  }

  /// Notes down a moment on this thread's row.
  public static func marker(_ name: @autoclosure () -> String) {
    guard isRunning else { return }
    let now = tandem_now()
    note(
      Profile.Event(kind: .marker, label: EngineLabel(interning: name()), start: now, end: now))
  }

  /// Adds an event to the calling thread's row.
  @inline(never)
  static func note(_ event: Profile.Event) {
    let thread = EngineThread.current
    if let lane = thread.pointee.profile {
      lane._withUnsafeGuaranteedRef { $0.add(event) }
      return
    }
    let lane = lanes.withLock { lanes in
      let lane = ProfileLane(number: lanes.count + 1)
      lanes.append(lane)
      return lane
    }
    // Unretained: lanes are kept for good.
    thread.pointee.profile = .passUnretained(lane)
    lane.add(event)
  }

  /// Notes down a wait of the calling thread.
  static func noteWait(_ label: EngineLabel, since start: Int64) {
    note(Profile.Event(kind: .wait, label: label, start: start, end: tandem_now()))
  }

  // MARK: The whole process

  /// Starts if `TANDEM_PROFILE` asks for it.
  static func startIfAsked() {
    guard let path = getenv("TANDEM_PROFILE"), path.pointee != 0 else { return }
    start()
    tandem_watch_interrupt { Profiler.writeIfAsked() }
  }

  /// Writes the trace that `TANDEM_PROFILE` asks for, as the process exits or is interrupted. One
  /// thread at a time: the process must not end while another one is writing.
  static func writeIfAsked() {
    guard let path = getenv("TANDEM_PROFILE"), path.pointee != 0 else { return }
    writing.withLock { _ in if isRunning { write(to: path) } }
  }

  private static func write(to path: UnsafePointer<CChar>) {
    let profile = stop()
    do throws(ProfileError) {
      try profile.writeTrace(to: String(cString: path))
      if let table = getenv("TANDEM_PROFILE_TABLE"), table.pointee != 0 {
        try Profile.write(profile.description + "\n", to: String(cString: table))
      }
    } catch {
      WaitReporting.writeToStandardError(error.message)
    }
  }
}

/// Why a trace could not be written.
public struct ProfileError: Error, Hashable, Sendable {
  /// What is wrong, with the path.
  public let message: String
}

/// The row of one thread.
final class ProfileLane: Sendable {
  let number: Int
  let name: String
  private let noted = Guarded<(events: [Profile.Event], dropped: Int)>(([], 0))

  /// A row for the calling thread.
  init(number: Int) {
    self.number = number
    let words = tandem_thread()
    if words.pointee.team != nil {
      name = "worker \(words.pointee.worker)"
    } else {
      name = Int64(getpid()) == tandem_thread_number() ? "main" : "thread \(number)"
    }
  }

  func add(_ event: Profile.Event) {
    noted.withLock { noted in
      if noted.events.count < Profiler.eventsPerThreadMax {
        noted.events.append(event)
      } else {
        noted.dropped += 1
      }
    }
  }

  func take() -> (events: [Profile.Event], dropped: Int) {
    noted.withLock { noted in
      defer { noted = ([], 0) }
      return noted
    }
  }
}
