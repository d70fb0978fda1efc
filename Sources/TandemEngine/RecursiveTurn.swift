import CTandem
import Glibc
import Synchronization

/// Lets one thread at a time run operations of a ``SerialEngine``; that thread may come in again.
final class RecursiveTurn: @unchecked Sendable {
  // Sendable: the mutex and the word live in memory of their own and are made for sharing.

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let progress: UnsafeMutablePointer<Atomic<UInt32>>

  init() {
    mutex = .allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
    progress = .allocate(capacity: 1)
    progress.initialize(to: Atomic(0))
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    progress.deallocate()
  }

  func enter() { pthread_mutex_lock(mutex) }
  func leave() { pthread_mutex_unlock(mutex) }

  /// Says that a condition that somebody sleeps for may hold now.
  func announce() {
    progress.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
    _ = tandem_futex_wake(progress, .max)
  }

  /// Sleeps until the condition holds; false if the time was over before.
  ///
  /// - Parameter what: what a report says that it is for.
  func sleep(
    _ waits: WaitReporting, timeout: Duration?, _ what: () -> String, until isMet: () -> Bool
  ) -> Bool {
    if isMet() { return true }
    var clock = WaitClock(waits, timeout: timeout)
    while true {
      let seen = progress.pointee.load(ordering: .acquiring)
      if isMet() { return true }
      guard let pause = clock.tick(what) else { return false }
      _ = tandem_futex_wait(progress, seen, pause)
    }
  }
}
