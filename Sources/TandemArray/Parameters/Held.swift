private import Glibc

/// A value and its lock, which one thread may take several times: for itself, and around the
/// pushing of operations that change what the value stands for in place. Waiters sleep.
///
/// `@unchecked Sendable`: `value` is touched only by the holder of `lock`.
final class Held<Value>: @unchecked Sendable {
  let lock = StateLock()
  private var value: Value

  init(_ value: Value) { self.value = value }

  /// Calls `body` with the value; `body` must not use this value otherwise.
  func withLock<T>(_ body: (inout Value) -> T) -> T {
    lock.lock()
    defer { lock.unlock() }
    return body(&value)
  }
}

/// The lock of a parameter or state cell.
///
/// `@unchecked Sendable`: the address is constant, and what it points to is only handed to the
/// system's lock functions.
final class StateLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() {
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }

  /// Whether the lock could be taken without waiting.
  private func tryLock() -> Bool { pthread_mutex_trylock(mutex) == 0 }

  /// Calls `body` while the caller holds all these locks, which are different ones.
  ///
  /// A thread waits for a lock only while it holds none of the others, so that threads that take
  /// the same ones in different orders never wait for each other in a circle.
  static func withAll<T>(_ locks: [StateLock], _ body: () -> T) -> T {
    lockAll(locks)
    defer { for lock in locks { lock.unlock() } }
    return body()
  }

  private static func lockAll(_ locks: [StateLock]) {
    guard !locks.isEmpty else { return }
    var awaited = 0
    while true {
      locks[awaited].lock()
      let taken = locks.indices.first { $0 != awaited && !locks[$0].tryLock() }
      guard let taken else { return }
      for index in locks.indices where index == awaited || index < taken { locks[index].unlock() }
      awaited = taken
    }
  }
}
