import CTandem
import Glibc
import TandemThreads

/// Makes numbered things ahead of time, on loader threads and within bounds, and hands them out in
/// order.
///
/// Jobs of all loaders of the process share one set of threads; a loader has at most as many jobs
/// under way as it has been given threads. Nobody waits for a job that nobody runs: jobs wait for
/// nothing but their own work, and a reader on a loader thread makes its things itself.
///
/// `@unchecked Sendable`: `state` is only touched by the holder of `mutex`; the other properties
/// are constants, and the memory of mutex and condition is freed in `deinit`, when nobody holds the
/// object; jobs that are under way hold it.
final class BatchLoader<Element: Sendable>: @unchecked Sendable {
  private struct State {
    /// What is ready, by number.
    var ready: [Int: Result<(Element, Int), any Error>] = [:]
    /// The number that is handed out next, and the one that is begun next.
    var (taken, begun) = (0, 0)
    var underWay = 0
    var readyBytes = 0
    var largest = 0
    var isCancelled = false
  }

  private let count: Int
  private let options: LoadingOptions
  private let make: @Sendable (Int) throws -> (Element, Int)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state = State()

  /// A loader of `count` things.
  ///
  /// - Parameter make: makes one, and says how many bytes it takes.
  init(
    count: Int, options: LoadingOptions,
    _ make: @escaping @Sendable (Int) throws -> (Element, Int)
  ) {
    (self.count, self.options, self.make) = (count, options, make)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Takes the next thing; `nil` after the last.
  func next() throws -> Element? {
    let isOwn = options.loaders == 0 || tandem_thread().pointee.loader != nil
    guard let number = beginTaking() else { return nil }
    if isOwn { return try make(number).0 }
    refill()
    let result = locked { () -> Result<(Element, Int), any Error> in
      while true {
        if let result = state.ready.removeValue(forKey: number) { return result }
        pthread_cond_wait(changed, mutex)
      }
    }
    if case .success(let (_, bytes)) = result { locked { state.readyBytes -= bytes } }
    refill()
    return try result.get().0
  }

  /// Begins no further jobs; those under way end by themselves.
  func cancel() { locked { state.isCancelled = true } }

  private func beginTaking() -> Int? {
    locked {
      guard state.taken < count else { return nil }
      defer { state.taken += 1 }
      return state.taken
    }
  }

  /// Begins jobs as long as there is room.
  private func refill() {
    while let number = locked(claim) {
      sharedLoaders.run { [self] in
        let isCancelled = locked { state.isCancelled }
        let result: Result<(Element, Int), any Error>? =
          isCancelled ? nil : Result { try make(number) }
        locked {
          state.underWay -= 1
          guard let result else { return }
          if case .success(let (_, bytes)) = result {
            state.readyBytes += bytes
            state.largest = max(state.largest, bytes)
          }
          state.ready[number] = result
          pthread_cond_broadcast(changed)
        }
        refill()
      }
    }
  }

  /// The number of a job that may begin now. The lock is held.
  private func claim() -> Int? {
    let held = state.ready.count + state.underWay
    guard state.begun < count, !state.isCancelled, state.underWay < options.loaders else {
      return nil
    }
    let bytes = state.readyBytes + (state.underWay + 1) * state.largest
    let isKnown = state.largest > 0
    // The one that is waited for must be begun, whatever there is.
    let isNext = state.begun < state.taken
    guard isNext || held == 0 || (held < options.batches && isKnown && bytes <= options.bytes)
    else { return nil }
    state.underWay += 1
    defer { state.begun += 1 }
    return state.begun
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body()
  }
}

/// Who reads from a loader; when it is gone, no further jobs begin.
final class BatchReader<Element: Sendable> {
  let loader: BatchLoader<Element>

  init(_ loader: BatchLoader<Element>) { self.loader = loader }

  deinit { loader.cancel() }
}

/// The threads that make batches ahead; they stay as long as the process.
private let sharedLoaders = LoaderThreads(threads: ThreadBudget.count)
