import CTandem
import Synchronization
import TandemShapes

/// A fixed set of threads that run an engine's operations and help with its `parallelFor` loops.
///
/// A worker first helps loops that are running, then takes ready operations, then looks for more
/// for a while, in which it offers its core to others (``Spin``), then sleeps. Only workers run
/// queued operations, so no more threads than the team has ever compute for it; a caller of
/// `parallelFor` from outside takes the place of one helper.
///
/// ``shared`` has the process's ``ThreadBudget`` and lives as long as the process. Others, in
/// tests and for devices with threads of their own, end with ``shutdown()``.
public final class WorkerTeam: @unchecked Sendable {
  // Sendable: `width`, `state` and `jobs` never change; what they point to is atomics, and job
  // fields that `LoopJob` hands over by its state word. `handles` and `sources` are under locks.

  /// How many threads the team has.
  public let width: Int

  /// The team of the process, with ``ThreadBudget/count`` threads; made at its first use.
  public static let shared = WorkerTeam(threads: ThreadBudget.count)

  let state: UnsafeMutablePointer<TeamState>
  let jobs: UnsafeMutablePointer<LoopJob>
  /// The kernel's number of each worker's thread, zero before it runs.
  let threadNumbers: UnsafeMutablePointer<Atomic<Int64>>
  private let handles = Guarded<[UInt]>([])
  private let sources = Guarded<(active: [WorkSource], retired: [WorkSource])>(([], []))

  /// A team of `threads` threads, which start at once.
  ///
  /// - Parameter threads: at least one.
  public init(threads: Int) {
    guard (1...ThreadBudget.threadsMax).contains(threads) else {
      fail(
        "worker team: not a number of threads from 1 to \(ThreadBudget.threadsMax): \(threads)",
        at: .unknown)
    }
    width = threads
    state = .allocate(capacity: 1)
    state.initialize(to: TeamState())
    jobs = .allocate(capacity: LoopJob.slots)
    for slot in 0..<LoopJob.slots { (jobs + slot).initialize(to: LoopJob()) }
    threadNumbers = .allocate(capacity: threads)
    for index in 0..<threads { (threadNumbers + index).initialize(to: Atomic(0)) }
    FailureHandler.prepare()
    tandem_watch_fork(nil)
    handles.withLock { handles in
      for index in 0..<threads { handles.append(start(index)) }
    }
  }

  deinit {
    // Workers hold the team, so they have ended.
    for slot in 0..<LoopJob.slots { (jobs + slot).deinitialize(count: 1) }
    jobs.deallocate()
    threadNumbers.deallocate()
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// The threads of this team for one kernel. The team must outlive every use of it.
  public var context: ParallelContext { ParallelContext(team: self, width: width) }

  /// The code addresses at which a worker stands, innermost first; empty if it does not answer
  /// within a quarter of a second.
  package func stack(ofWorker worker: Int) -> [UInt] {
    WorkerTeam.stack(ofThread: threadNumbers[worker].load(ordering: .acquiring))
  }

  /// The same of any thread of this process, by the kernel's number of it; zero has none.
  package static func stack(ofThread thread: Int64) -> [UInt] {
    guard thread != 0 else { return [] }
    return [UInt](unsafeUninitializedCapacity: Int(TANDEM_STACK_MAX)) { frames, count in
      count = Int(tandem_thread_stack(thread, frames.baseAddress!, 250_000_000))
    }
  }

  /// Whether the calling thread is one of this team's workers.
  public var isCurrentThreadWorker: Bool {
    tandem_thread().pointee.team == Unmanaged.passUnretained(self).toOpaque()
  }

  /// Lets the workers finish what they run, ends them and waits for that. Work that is queued and
  /// not started stays undone. Must not be called by a worker, nor for ``shared``.
  public func shutdown() {
    // The threads of a child made by fork stayed in the parent.
    guard tandem_is_forked_child() == 0 else { return }
    guard !isCurrentThreadWorker else {
      fail("worker team: shutdown called by one of its own workers", at: .unknown)
    }
    let ending = handles.withLock { handles in
      defer { handles = [] }
      return handles
    }
    state.pointee.stop.store(true, ordering: .sequentiallyConsistent)
    wakeAll()
    for handle in ending { tandem_join_thread(handle) }
    sources.withLock { $0 = ([], []) }
  }

  /// Lets the workers take work from `source` too, until the team ends or the source is retired.
  package func register(_ source: WorkSource) {
    let place = sources.withLock { sources -> Int in
      let place =
        sources.active.firstIndex { $0.isRetired.load(ordering: .acquiring) }
        ?? sources.active.count
      guard place < TeamState.sourcesMax else { return place }
      if place < sources.active.count {
        // A worker may still be looking into it.
        sources.retired.append(sources.active[place])
        sources.active[place] = source
      } else {
        sources.active.append(source)
      }
      state.pointee.setSource(place, Unmanaged.passUnretained(source).toOpaque())
      return place
    }
    guard place < TeamState.sourcesMax else {
      fail("worker team: more than \(TeamState.sourcesMax) engines on one team", at: .unknown)
    }
  }

  private func start(_ index: Int) -> UInt {
    let start = Unmanaged.passRetained(WorkerStart(team: self, index: index)).toOpaque()
    var handle: UInt = 0
    let status = tandem_start_thread(
      &handle,
      { argument in
        let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
        start.team.work(index: start.index)
      }, start)
    guard status == 0 else {
      fail(
        "worker team: thread \(index) of \(width) could not start: error \(status)", at: .unknown)
    }
    return handle
  }
}

/// What a new worker is told.
private final class WorkerStart {
  let team: WorkerTeam
  let index: Int

  init(team: WorkerTeam, index: Int) { (self.team, self.index) = (team, index) }
}
