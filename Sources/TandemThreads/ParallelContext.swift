import CTandem

/// The threads that one kernel may use; handed to every kernel, which knows nothing else of
/// threads.
public struct ParallelContext: @unchecked Sendable {
  // Sendable: the team is Sendable; unmanaged, because counting references to one team from every
  // worker would move a cache line between cores for every operation. Teams outlive their contexts.
  private let team: Unmanaged<WorkerTeam>?

  /// How many threads may work at once, the caller included. Never decides how work is cut.
  public let width: Int

  /// The caller alone.
  public static let serial = ParallelContext()

  private init() { (team, width) = (nil, 1) }

  init(team: WorkerTeam, width: Int) {
    self.team = width > 1 ? Unmanaged.passUnretained(team) : nil
    self.width = width
  }

  /// Calls `body` once for each chunk in `0..<count`, on any of the threads, in any order, and
  /// returns when all calls have.
  ///
  /// How work is cut into chunks must follow from its shape alone, so that the bits of a result do
  /// not depend on the number of threads. The caller takes chunks itself and waits only for chunks
  /// that others have started; nested calls run inline.
  public func parallelFor(_ count: Int, _ body: (_ chunk: Int) -> Void) {
    if let team, count > 1, tandem_thread().pointee.depth & 1 == 0,
      team._withUnsafeGuaranteedRef({ $0.loop(count, width: width, body) })
    {
      return
    }
    var chunk = 0
    while chunk < count {
      body(chunk)
      chunk += 1
    }
  }
}
