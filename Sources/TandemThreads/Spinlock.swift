import CTandem
import Synchronization

/// A lock for a handful of instructions. Spins a little, then yields the core, since on a machine
/// with fewer cores than threads the holder may not be running.
package struct Spinlock: ~Copyable, Sendable {
  private let word = Atomic<UInt32>(0)

  package init() {}

  @inline(__always)
  package borrowing func lock() {
    if word.exchange(1, ordering: .acquiring) != 0 { lockSlowly() }
  }

  @inline(__always)
  package borrowing func unlock() { word.store(0, ordering: .releasing) }

  @inline(__always)
  package borrowing func withLock<Value>(_ body: () -> Value) -> Value {
    lock()
    defer { unlock() }
    return body()
  }

  @inline(never)
  private borrowing func lockSlowly() {
    var rounds = 0
    repeat {
      rounds += 1
      if rounds < 64 { tandem_pause() } else { tandem_yield() }
    } while word.load(ordering: .relaxed) != 0 || word.exchange(1, ordering: .acquiring) != 0
  }
}
