/// A value and the lock without which nobody sees it; for rare paths.
///
/// Used instead of `Synchronization.Mutex`, which the thread sanitizer does not see through (its
/// lock is in a library that is not instrumented), so that every use would be reported as a race.
package final class Guarded<Value>: @unchecked Sendable {
  // Sendable: `value` is touched only by the holder of `lock`.

  /// The lock is what keeps accesses apart; they need no check at run time besides.
  @exclusivity(unchecked) private var value: Value
  private let lock = Spinlock()

  package init(_ value: Value) { self.value = value }

  /// Calls `body` with the value; must not be called again inside.
  package func withLock<Result, Failure>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return try body(&value)
  }
}
