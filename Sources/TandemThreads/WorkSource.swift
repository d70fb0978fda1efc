import Synchronization

/// Where a ``WorkerTeam`` gets work when no `parallelFor` needs help: an engine's ready queue.
///
/// A team keeps its sources until it ends, so a source must not own what owns the team. Subclassed
/// by the engine; open only because that is another module.
open class WorkSource: @unchecked Sendable {
  // Sendable: this class has atomic state only, and subclasses prove their own.
  public init() {}

  /// Set when nothing will ever be ready again: the team may reuse the source's place.
  package final let isRetired = Atomic<Bool>(false)

  /// Runs something that is ready on the calling worker; false if nothing is.
  open func runOne(on team: WorkerTeam) -> Bool { false }

  /// Whether ``runOne(on:)`` would find something; may be called at any time.
  open var hasWork: Bool { false }
}
