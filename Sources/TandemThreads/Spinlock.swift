import CTandem
import Synchronization

/// A lock for a handful of instructions. Spins a little, then yields the core, since on a machine
/// with fewer cores than threads the holder may not be running.
@frozen
@usableFromInline
package struct Spinlock: ~Copyable, Sendable {
  @usableFromInline let word = Atomic<UInt32>(0)

  @inlinable
  package init() {}

  @inlinable @inline(__always)
  package borrowing func lock() {
    if word.exchange(1, ordering: .acquiring) != 0 { lockSlowly() }
  }

  /// Takes the lock if nobody holds it.
  package borrowing func tryLock() -> Bool { word.exchange(1, ordering: .acquiring) == 0 }

  /// Whether somebody held it a moment ago.
  package var isLocked: Bool { word.load(ordering: .relaxed) != 0 }

  @inlinable @inline(__always)
  package borrowing func unlock() { word.store(0, ordering: .releasing) }

  @inlinable @inline(__always)
  package borrowing func withLock<Value>(_ body: () -> Value) -> Value {
    lock()
    defer { unlock() }
    return body()
  }

  @usableFromInline @inline(never)
  borrowing func lockSlowly() {
    var rounds = 0
    repeat {
      rounds += 1
      if rounds < 64 { tandem_pause() } else { tandem_yield() }
    } while word.load(ordering: .relaxed) != 0 || word.exchange(1, ordering: .acquiring) != 0
  }
}
