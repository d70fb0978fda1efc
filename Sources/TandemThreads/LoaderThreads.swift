import CTandem
import Glibc
import Synchronization
import TandemShapes

/// Threads for users' closures: reading files, decoding, transforming samples. They may block and
/// wait for arrays, which compute workers never do.
///
/// Closures start in the order in which they were added. The threads belong to the process's budget
/// of cores: no set has more than ``ThreadBudget/count``, and the kernel prefers compute workers to
/// them (nice value 5), so that loading fills gaps instead of making them.
public final class LoaderThreads: @unchecked Sendable {
  // Sendable: `queue` is under its lock, `signal` is an atomic, `handles` is under a lock.

  private struct Queue {
    var jobs: [@Sendable () -> Void] = []
    var first = 0
    var isEnding = false

    mutating func take() -> (@Sendable () -> Void)? {
      guard first < jobs.count else { return nil }
      let job = jobs[first]
      jobs[first] = {}
      first += 1
      if first == jobs.count || (first >= 256 && first * 2 >= jobs.count) {
        jobs.removeFirst(first)
        first = 0
      }
      return job
    }
  }

  /// How many threads there are.
  public let width: Int
  private let name: String
  private let niceness: Int32
  private let queue = Guarded(Queue())
  /// Changes whenever a thread should look at the queue.
  private let signal: UnsafeMutablePointer<Atomic<UInt32>>
  private let handles = Guarded<[UInt]>([])

  /// Threads that start at once.
  ///
  /// - Parameter threads: from one to ``ThreadBudget/count``.
  public convenience init(threads: Int, at site: CallSite = .unknown) {
    guard (1...ThreadBudget.count).contains(threads) else {
      fail(
        "loader threads: not from 1 to the budget of \(ThreadBudget.count): \(threads)", at: site)
    }
    self.init(width: threads, name: "tandem-load", niceness: 5)
    let status = start()
    guard status == 0 else {
      fail("loader threads: a thread could not start: error \(status)", at: .unknown)
    }
  }

  /// One thread of another name and nice value; `nil` if the system gives none.
  package static func one(named name: String, niceness: Int32) -> LoaderThreads? {
    let threads = LoaderThreads(width: 1, name: name, niceness: niceness)
    return threads.start() == 0 ? threads : nil
  }

  private init(width: Int, name: String, niceness: Int32) {
    (self.width, self.name, self.niceness) = (width, name, niceness)
    signal = .allocate(capacity: 1)
    signal.initialize(to: Atomic(0))
    FailureHandler.prepare()
    tandem_watch_fork(nil)
  }

  deinit {
    // Threads hold the object, so they have ended.
    signal.deallocate()
  }

  /// Adds a closure; returns at once.
  ///
  /// Fails, in words, after the shutdown, and in a child made by `fork`, which has none of the
  /// threads.
  public func run(_ job: @escaping @Sendable () -> Void) {
    guard tandem_is_forked_child() == 0 else {
      fail(
        "loader threads: used in a child process made by fork, which has none of them. Start the "
          + "program anew (exec, posix_spawn)", at: .unknown)
    }
    let isEnding = queue.withLock { queue in
      if !queue.isEnding { queue.jobs.append(job) }
      return queue.isEnding
    }
    guard !isEnding else { fail("loader threads: run after the shutdown", at: .unknown) }
    announce(1)
  }

  /// Runs what was added, ends the threads and waits for that. Must not be called by one of them,
  /// nor where nobody may wait: inside an operation, a `parallelFor` or a worker. In a child made
  /// by `fork` it does nothing.
  public func shutdown() {
    guard tandem_is_forked_child() == 0 else { return }
    let words = tandem_thread()
    guard words.pointee.depth == 0, words.pointee.team == nil,
      words.pointee.loader != Unmanaged.passUnretained(self).toOpaque()
    else {
      fail(
        "loader threads: shutdown called by one of them, a worker or an operation, which must not "
          + "wait", at: .unknown)
    }
    let ending = handles.withLock { handles in
      defer { handles = [] }
      return handles
    }
    queue.withLock { $0.isEnding = true }
    announce(.max)
    for handle in ending { tandem_join_thread(handle) }
  }

  private func announce(_ count: Int32) {
    signal.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    _ = tandem_futex_wake(signal, count)
  }

  private func work(_ index: Int) {
    tandem_name_thread("\(name)-\(index)")
    tandem_thread().pointee.loader = Unmanaged.passUnretained(self).toOpaque()
    setpriority(Int32(PRIO_PROCESS.rawValue), id_t(tandem_thread_number()), niceness)
    while true {
      let seen = signal.pointee.load(ordering: .sequentiallyConsistent)
      let (job, isEnding) = queue.withLock { ($0.take(), $0.isEnding) }
      if let job {
        job()
      } else if isEnding {
        return
      } else {
        _ = tandem_futex_wait(signal, seen, -1)
      }
    }
  }

  /// Starts all threads; the first error of the system, or zero.
  private func start() -> Int32 {
    handles.withLock { handles in
      for index in 0..<width {
        let (handle, status) = start(index)
        guard status == 0 else { return status }
        handles.append(handle)
      }
      return 0
    }
  }

  private func start(_ index: Int) -> (handle: UInt, status: Int32) {
    final class Start {
      let threads: LoaderThreads
      let index: Int
      init(_ threads: LoaderThreads, _ index: Int) { (self.threads, self.index) = (threads, index) }
    }
    var handle: UInt = 0
    let start = Unmanaged.passRetained(Start(self, index))
    let status = tandem_start_thread(
      &handle,
      { argument in
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        start.threads.work(start.index)
      }, start.toOpaque())
    if status != 0 { start.release() }
    return (handle, status)
  }
}
