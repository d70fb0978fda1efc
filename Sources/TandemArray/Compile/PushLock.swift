private import Glibc

/// A lock that its waiters sleep on: held while a call is pushed.
///
/// `@unchecked Sendable`: the address is constant, and what it points to is only handed to the
/// system's lock functions.
final class PushLock: @unchecked Sendable {
  private let mutex = UnsafeMutableRawPointer.allocate(
    byteCount: MemoryLayout<pthread_mutex_t>.size,
    alignment: MemoryLayout<pthread_mutex_t>.alignment)

  init() { pthread_mutex_init(mutex.assumingMemoryBound(to: pthread_mutex_t.self), nil) }

  deinit {
    pthread_mutex_destroy(mutex.assumingMemoryBound(to: pthread_mutex_t.self))
    mutex.deallocate()
  }

  /// Calls `body` while no other thread does; not to be nested.
  func withLock<T>(_ body: () -> T) -> T {
    pthread_mutex_lock(mutex.assumingMemoryBound(to: pthread_mutex_t.self))
    defer { pthread_mutex_unlock(mutex.assumingMemoryBound(to: pthread_mutex_t.self)) }
    return body()
  }
}
