import CTandem

/// What the lock-free algorithms of threads and engine stand on, so that tests can run the very
/// same code under a scheduler of their own.
///
/// The algorithms call ``step()`` before each access to a word that several threads share. On the
/// machine that is nothing at all; in the model test each step is a place at which another thread
/// may go on, so that a seeded scheduler can walk through the interleavings. The model is
/// sequentially consistent: that orderings are strong enough is for the thread sanitizer to say.
package protocol AtomicModel {
  /// Another thread may go on here.
  static func step()
  static func lock(_ lock: borrowing Spinlock)
  static func unlock(_ lock: borrowing Spinlock)
  /// Sleeps while the 32-bit word holds `expected`, or for less.
  static func park(on word: UnsafeRawPointer, while expected: UInt32)
  static func wake(_ word: UnsafeRawPointer, atMost count: Int)
  /// One round of a spinning loop.
  static func pause()
  /// One that offers the core to others.
  static func yield()
  /// Nanoseconds that only grow.
  static func now() -> Int64
}

/// The machine itself.
@frozen
@usableFromInline
package enum Hardware: AtomicModel {
  @inlinable @inline(__always)
  package static func step() {}

  @inlinable @inline(__always)
  package static func lock(_ lock: borrowing Spinlock) { lock.lock() }

  @inlinable @inline(__always)
  package static func unlock(_ lock: borrowing Spinlock) { lock.unlock() }

  package static func park(on word: UnsafeRawPointer, while expected: UInt32) {
    _ = tandem_futex_wait(word, expected, -1)
  }

  package static func wake(_ word: UnsafeRawPointer, atMost count: Int) {
    _ = tandem_futex_wake(word, Int32(clamping: count))
  }

  package static func pause() { tandem_pause() }
  package static func yield() { tandem_yield() }
  package static func now() -> Int64 { tandem_now() }
}
