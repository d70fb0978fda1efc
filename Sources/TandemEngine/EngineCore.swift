import CTandem
import Synchronization
import TandemShapes
import TandemThreads

/// What the worker threads touch of a ``ThreadedEngine``: its ready operations, counts and errors.
///
/// Its team keeps it, so that a worker never holds the last reference to an engine.
final class EngineCore: WorkSource, @unchecked Sendable {
  // Sendable: `ready` is lock-free, the counters are atomics reached through a lock or the owning
  // thread's own word, everything else is immutable, atomic or under a lock.

  let ready = ReadyQueue()
  let errors: ErrorLedger
  /// Unmanaged: the team keeps the core.
  let team: Unmanaged<WorkerTeam>
  let parallel: ParallelContext
  let limits: EngineLimits
  let waits: WaitReporting

  let poisoned: PoisonCounter
  let abandoned = AbandonedPayloads()
  /// What each worker runs, for reports.
  let running: UnsafeMutablePointer<Atomic<UInt64>>
  /// Distinguishes the engines of a process for good, as addresses do not.
  private let identity: Int
  private static let identities = Atomic<Int>(1)
  /// Threads that sleep until the engine is idle or has room.
  let watchers = Atomic<Int>(0)
  /// What they sleep on; changes when something may have become true.
  let progress: UnsafeMutablePointer<Atomic<UInt32>>
  let isShutDown = Atomic<Bool>(false)
  /// This engine and those of other devices beside it.
  let devices: DeviceCores
  private let counters = Guarded<[Int: UInt]>([:])

  /// - Parameter other: an engine of another device, whose variables this one uses too.
  init(
    team: WorkerTeam, limits: EngineLimits, waits: WaitReporting, beside other: EngineCore? = nil
  ) {
    self.team = .passUnretained(team)
    errors = other?.errors ?? ErrorLedger()
    poisoned = other?.poisoned ?? PoisonCounter()
    devices = other?.devices ?? DeviceCores()
    (parallel, self.limits, self.waits) = (team.context, limits, waits)
    identity = EngineCore.identities.wrappingAdd(1, ordering: .relaxed).newValue
    progress = .allocate(capacity: 1)
    progress.initialize(to: Atomic(0))
    running = .allocate(capacity: team.width)
    for worker in 0..<team.width { (running + worker).initialize(to: Atomic(0)) }
    super.init()
    team.register(self)
    ForkedChild.add(self)
    devices.add(self, team)
    errors.addEngine()
  }

  deinit {
    ForkedChild.remove(self)
    progress.deallocate()
    running.deallocate()
  }

  // MARK: Counts

  /// The calling thread's counters.
  @inline(__always)
  func counters(_ thread: ThreadPointer) -> UnsafeMutablePointer<OperationCounters> {
    if thread.pointee.core == identity {
      return thread.pointee.counters.unsafelyUnwrapped
    }
    return findCounters(thread)
  }

  /// Counters are kept for good, a few hundred bytes for each engine and thread: an ending thread
  /// may still point to them when the engine is gone.
  @inline(never)
  private func findCounters(_ thread: ThreadPointer) -> UnsafeMutablePointer<OperationCounters> {
    let word = counters.withLock { counters -> UInt in
      if let word = counters[thread.pointee.index] { return word }
      let new = UnsafeMutablePointer<OperationCounters>.allocate(capacity: 1)
      new.initialize(to: OperationCounters())
      counters[thread.pointee.index] = UInt(bitPattern: new)
      return UInt(bitPattern: new)
    }
    let found = UnsafeMutablePointer<OperationCounters>(bitPattern: word).unsafelyUnwrapped
    thread.pointee.core = identity
    thread.pointee.counters = found
    return found
  }

  /// What is in flight. Zero operations means that there was a moment after the call's start at
  /// which every operation pushed before was done: `done` is read before `pushed`.
  var inFlight: InFlight {
    counters.withLock { counters in
      let all = counters.values.map {
        UnsafeMutablePointer<OperationCounters>(bitPattern: $0).unsafelyUnwrapped
      }
      var sum = InFlight()
      for one in all {
        sum.operations -= one.pointee.done.load(ordering: .acquiring)
        sum.kilobytes -= one.pointee.kilobytesDone.load(ordering: .acquiring)
        sum.exitCritical -= one.pointee.exitCriticalDone.load(ordering: .acquiring)
      }
      for one in all {
        sum.operations += one.pointee.pushed.load(ordering: .acquiring)
        sum.kilobytes += one.pointee.kilobytesPushed.load(ordering: .acquiring)
        sum.exitCritical += one.pointee.exitCriticalPushed.load(ordering: .acquiring)
      }
      return sum
    }
  }

  /// How many operations have been done.
  var doneCount: Int { sum { $0.pointee.done.load(ordering: .acquiring) } }

  /// How many operations have been pushed.
  var pushedCount: Int { sum { $0.pointee.pushed.load(ordering: .acquiring) } }

  /// The same of those that must be done before the process exits.
  var exitCriticalDoneCount: Int { sum { $0.pointee.exitCriticalDone.load(ordering: .acquiring) } }
  var exitCriticalPushedCount: Int {
    sum { $0.pointee.exitCriticalPushed.load(ordering: .acquiring) }
  }

  private func sum(_ count: (UnsafeMutablePointer<OperationCounters>) -> Int) -> Int {
    counters.withLock { counters in
      counters.values.reduce(0) { sum, word in
        sum + count(UnsafeMutablePointer(bitPattern: word).unsafelyUnwrapped)
      }
    }
  }

  // MARK: Workers

  override var hasWork: Bool { !ready.isEmpty }

  override func runOne(on team: WorkerTeam) -> Bool {
    let thread = EngineThread.current
    guard var node = ready.pop(thread.pointee.base) else {
      if watchers.load(ordering: .relaxed) != 0 { announceProgress() }
      return false
    }
    // A chain stays on its worker, as the data is in this core's cache; for so long that others
    // that are ready get their turn, too.
    var links = 0
    while let next = run(node, thread, isWorker: true) {
      if team.hasOpenLoops { _ = team.helpLoops() }
      links += 1
      if mustLeaveChain(to: next, after: links, team) {
        enqueue(next, thread)
        return true
      }
      node = next
    }
    return true
  }

  /// Links of a chain that a worker runs before it looks at what else is ready.
  static let chainLinksMax = 64

  @inline(__always)
  private func mustLeaveChain(
    to next: NodePointer, after links: Int, _ team: WorkerTeam
  ) -> Bool {
    if team.isHalted || ready.isMoreUrgent(than: next) { return true }
    return links >= EngineCore.chainLinksMax && !ready.isEmpty
  }

  /// Wakes whoever waits for the engine to be idle or to have room.
  func announceProgress() {
    progress.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    _ = tandem_futex_wake(progress, .max)
  }
}
