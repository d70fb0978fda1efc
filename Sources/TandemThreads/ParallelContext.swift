/// The threads that one kernel may use; handed to every kernel, which knows nothing else of threads.
public struct ParallelContext: Sendable {
  /// How many threads may work at once, the caller included. Never decides how work is cut.
  public let width: Int

  /// The caller alone.
  public static let serial = ParallelContext(width: 1)

  init(width: Int) { self.width = width }

  /// Calls `body` once for each chunk in `0..<count`, on any of the threads, in any order, and
  /// returns when all calls have.
  ///
  /// How work is cut into chunks must follow from its shape alone, so that the bits of a result do
  /// not depend on the number of threads. The caller takes chunks itself and waits only for chunks
  /// that others have started; nested calls run inline.
  public func parallelFor(_ count: Int, _ body: (_ chunk: Int) -> Void) {
    for chunk in 0..<count { body(chunk) }
  }
}
