import Glibc
import Synchronization
import TandemThreads
import TestSupport

/// Which thread goes on at each step of a run.
struct Schedule {
  /// The alternatives that a run took, then the first one, or random ones.
  var choices: [Int] = []
  var random: SplitMix?
  /// How often a thread that could go on may be made to wait for another.
  var preemptionsMax = 2

  /// A random schedule; changes threads at about one step of `oneIn`.
  static func random(seed: UInt64) -> Schedule {
    Schedule(random: SplitMix(seed: seed), preemptionsMax: .max)
  }
}

/// What became of a run.
struct RunOutcome {
  /// At each step with alternatives, which was taken, of how many.
  var decisions: [(taken: Int, of: Int)] = []
  /// What went wrong.
  var failure: String?
  var steps = 0

  /// The choices of the next run of a depth-first search, nil if all have been made.
  var next: [Int]? {
    var taken = decisions
    while let last = taken.popLast() {
      if last.taken + 1 < last.of { return taken.map(\.taken) + [last.taken + 1] }
    }
    return nil
  }
}

/// Threads of which one runs at a time, and which change only where the code under test calls
/// `AtomicModel.step()` or blocks.
///
/// A run that fails leaves its threads asleep for good: they stand in the middle of the algorithm.
final class VirtualThreads: @unchecked Sendable {
  // Sendable: one thread at a time touches anything, and hands over by a semaphore.

  nonisolated(unsafe) static var active: VirtualThreads!
  private static let stepsMax = 20_000

  private var schedule: Schedule
  private var bodies: [() -> Void]
  /// For each thread, when it can go on; nil when it is done.
  private var conditions: [(() -> Bool)?]
  private let turns: [UnsafeMutablePointer<sem_t>]
  private let ended: UnsafeMutablePointer<sem_t>
  private var running = 0
  private var preemptions = 0
  private var outcome = RunOutcome()

  private init(_ bodies: [() -> Void], _ schedule: Schedule) {
    (self.bodies, self.schedule) = (bodies, schedule)
    conditions = bodies.map { _ in { true } }
    turns = bodies.map { _ in VirtualThreads.semaphore() }
    ended = VirtualThreads.semaphore()
  }

  private static func semaphore() -> UnsafeMutablePointer<sem_t> {
    let new = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
    sem_init(new, 0, 0)
    return new
  }

  /// Runs the bodies to their end, or until one of them fails or none can go on.
  static func run(_ bodies: [() -> Void], _ schedule: Schedule) -> RunOutcome {
    let threads = VirtualThreads(bodies, schedule)
    active = threads
    for index in bodies.indices { threads.start(index) }
    if let first = threads.choose(from: nil) { threads.hand(to: first) }
    while sem_wait(threads.ended) != 0 {}
    return threads.outcome
  }

  private func start(_ index: Int) {
    final class Start {
      let threads: VirtualThreads
      let index: Int
      init(_ threads: VirtualThreads, _ index: Int) {
        (self.threads, self.index) = (threads, index)
      }
    }
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { argument in
        let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
        start.threads.live(start.index)
        return nil
      }, Unmanaged.passRetained(Start(self, index)).toOpaque())
    pthread_detach(thread)
  }

  private func live(_ index: Int) {
    while sem_wait(turns[index]) != 0 {}
    bodies[index]()
    conditions[index] = nil
    if conditions.allSatisfy({ $0 == nil }) {
      sem_post(ended)
    } else if let next = choose(from: nil) {
      hand(to: next)
    }
  }

  private func hand(to next: Int) {
    running = next
    sem_post(turns[next])
  }

  // MARK: For the code under test

  /// Another thread may go on here.
  func step() {
    outcome.steps += 1
    if outcome.steps > VirtualThreads.stepsMax { fail("no end after \(outcome.steps) steps") }
    let current = running
    if let next = choose(from: current), next != current { pass(current, to: next) }
  }

  /// Waits until the condition holds.
  func block(until condition: @escaping () -> Bool) {
    let current = running
    conditions[current] = condition
    guard let next = choose(from: nil) else { sleepForEver(current) }
    if next != current { pass(current, to: next) }
    conditions[current] = { true }
  }

  /// Ends the run.
  func fail(_ message: String) -> Never {
    let current = running
    end(message)
    sleepForEver(current)
  }

  private func end(_ message: String) {
    if outcome.failure == nil {
      outcome.failure = message
      sem_post(ended)
    }
  }

  private func pass(_ current: Int, to next: Int) {
    hand(to: next)
    while sem_wait(turns[current]) != 0 {}
  }

  private func sleepForEver(_ current: Int) -> Never {
    while true { sem_wait(turns[current]) }
  }

  // MARK: The schedule

  /// The thread that goes on; nil, and the end of the run, if none can.
  private func choose(from current: Int?) -> Int? {
    var able = conditions.indices.filter { conditions[$0]?() ?? false }
    if let current, let place = able.firstIndex(of: current) {
      able.remove(at: place)
      able.insert(current, at: 0)
    }
    guard !able.isEmpty else {
      end("nobody can go on")
      return nil
    }
    let isFree = current == nil || preemptions < schedule.preemptionsMax
    let taken = able.count == 1 || !isFree ? 0 : decide(able.count, isPreemption: current != nil)
    if taken != 0, current != nil { preemptions += 1 }
    return able[taken]
  }

  private func decide(_ count: Int, isPreemption: Bool) -> Int {
    let index = outcome.decisions.count
    var taken = 0
    if index < schedule.choices.count {
      taken = schedule.choices[index]
    } else if schedule.random != nil {
      let stays = isPreemption && Int.random(in: 0..<4, using: &schedule.random!) != 0
      taken = stays ? 0 : Int.random(in: 0..<count, using: &schedule.random!)
    }
    outcome.decisions.append((taken, count))
    return taken
  }
}

/// Atomics whose every access is a step of ``VirtualThreads``.
enum Virtual: AtomicModel {
  /// Threads that sleep on a word and have not been woken.
  nonisolated(unsafe) static var sleepers: [(word: UnsafeRawPointer, number: Int)] = []
  nonisolated(unsafe) private static var sleeps = 0

  static func step() { VirtualThreads.active.step() }

  static func lock(_ lock: borrowing Spinlock) {
    step()
    withUnsafePointer(to: lock) { pointer in
      while !pointer.pointee.tryLock() {
        VirtualThreads.active.block { !pointer.pointee.isLocked }
      }
    }
  }

  static func unlock(_ lock: borrowing Spinlock) {
    step()
    lock.unlock()
  }

  static func park(on word: UnsafeRawPointer, while expected: UInt32) {
    step()
    guard word.load(as: UInt32.self) == expected else { return }
    sleeps += 1
    let number = sleeps
    sleepers.append((word, number))
    VirtualThreads.active.block { !sleepers.contains { $0.number == number } }
  }

  static func wake(_ word: UnsafeRawPointer, atMost count: Int) {
    step()
    for _ in 0..<count {
      guard let first = sleepers.firstIndex(where: { $0.word == word }) else { return }
      sleepers.remove(at: first)
    }
  }

  static func pause() { step() }
  static func yield() { step() }
  static func now() -> Int64 { 0 }
}

/// Runs a model again and again under different schedules until one fails.
struct Exploration {
  var runs = 0
  var steps = 0
  /// What the first failing run said, and how to repeat it.
  var failure: String?

  /// All schedules without a preemption, with one, and so on up to `preemptions`, `systematic` of
  /// each at most; then random ones.
  ///
  /// - Parameter model: makes the threads of one run and what checks its end.
  static func explore(
    systematic: Int, random: Int, seed: UInt64, preemptions: Int = 2,
    _ model: () -> (bodies: [() -> Void], check: () -> String?)
  ) -> Exploration {
    var all = Exploration()
    for bound in 0...preemptions {
      var choices: [Int]? = []
      var left = systematic
      while let now = choices, left > 0 {
        let outcome = all.run(Schedule(choices: now, preemptionsMax: bound), model)
        if let failure = all.failure {
          all.failure = "\(failure), choices \(now), \(bound) preemptions"
          return all
        }
        choices = outcome.next
        left -= 1
      }
    }
    for number in 0..<UInt64(random) {
      _ = all.run(.random(seed: seed &+ number), model)
      if let failure = all.failure {
        all.failure = "\(failure), seed \(seed &+ number)"
        return all
      }
    }
    return all
  }

  private mutating func run(
    _ schedule: Schedule, _ model: () -> (bodies: [() -> Void], check: () -> String?)
  ) -> RunOutcome {
    let (bodies, check) = model()
    Virtual.sleepers = []
    let outcome = VirtualThreads.run(bodies, schedule)
    runs += 1
    steps += outcome.steps
    failure = outcome.failure ?? check()
    return outcome
  }
}
