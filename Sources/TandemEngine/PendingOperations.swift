import Synchronization
import TandemShapes
import TandemThreads

/// The operations of a ``SerialEngine`` that are not done: asynchronous ones that have been
/// started, and those that an operation pushed while such a one used their variables, which are
/// **put off**.
final class PendingOperations: Sendable {
  /// One of them; what it says of itself stays valid when its node does not.
  struct Operation {
    let node: NodePointer
    let reference: NodeReference
    let variables: [UInt64]
    let finishesBeforeExit: Bool
    let name: String
    let site: CallSite
    /// Not begun.
    var isPutOff: Bool

    init(_ node: NodePointer, _ variables: [UInt64], isPutOff: Bool) {
      (self.node, self.variables, self.isPutOff) = (node, variables, isPutOff)
      reference = NodeCalls.reference(node)
      finishesBeforeExit = node.pointee.flags.contains(.finishesBeforeExit)
      name = EngineLabel(word: node.pointee.name.load(ordering: .relaxed)).description
      site = CallSite(word: node.pointee.site.load(ordering: .relaxed))
    }

    func uses(_ address: UInt64) -> Bool {
      variables.contains { TaggedVariable.address($0) == address }
    }

    func usesAny(of others: [UInt64]) -> Bool {
      others.contains { uses(TaggedVariable.address($0)) }
    }

    /// For reports.
    var text: String {
      (site == .unknown ? name : "\(name) (\(site))")
        + (isPutOff ? ", waits for operations before it" : ", started, waits for its completion")
    }
  }

  /// In the order of their pushes.
  private let operations = Guarded<[Operation]>([])

  var count: Int { operations.withLock { $0.count } }
  var isEmpty: Bool { operations.withLock { $0.isEmpty } }
  var exitCriticalCount: Int { operations.withLock { $0.count { $0.finishesBeforeExit } } }

  /// Whether none uses any of the variables.
  func isFree(_ variables: [UInt64]) -> Bool { first(usingAnyOf: variables) == nil }

  /// The oldest that uses one of the variables.
  func first(usingAnyOf variables: [UInt64]) -> Operation? {
    operations.withLock { $0.first { $0.usesAny(of: variables) } }
  }

  /// The oldest that fulfils a condition.
  func first(where isMeant: (Operation) -> Bool) -> Operation? {
    operations.withLock { $0.first(where: isMeant) }
  }

  /// Adds one that is about to be started; one that was put off keeps its place.
  func start(_ node: NodePointer, _ variables: [UInt64]) {
    let new = Operation(node, variables, isPutOff: false)
    operations.withLock { operations in
      if let place = operations.firstIndex(where: { $0.reference == new.reference }) {
        operations[place] = new
      } else {
        operations.append(new)
      }
    }
  }

  /// Puts an operation off if one that is not done uses its variables; false if none does.
  func putOff(_ node: NodePointer, _ variables: [UInt64]) -> Bool {
    let new = Operation(node, variables, isPutOff: true)
    return operations.withLock { operations in
      guard operations.contains(where: { $0.usesAny(of: variables) }) else { return false }
      operations.append(new)
      return true
    }
  }

  /// The oldest of those put off that nothing before it stands in the way of; it stays here until
  /// it is removed.
  func takePutOff() -> Operation? {
    operations.withLock { operations in
      for place in operations.indices where operations[place].isPutOff {
        let variables = operations[place].variables
        if operations[..<place].contains(where: { $0.usesAny(of: variables) }) { continue }
        operations[place].isPutOff = false
        return operations[place]
      }
      return nil
    }
  }

  /// Removes one that is done. True if some are put off.
  func remove(_ reference: NodeReference) -> Bool {
    operations.withLock { operations in
      operations.removeAll { $0.reference == reference }
      return operations.contains { $0.isPutOff }
    }
  }

  /// The variables of one.
  func variables(of reference: NodeReference) -> [UInt64] {
    first { $0.reference == reference }?.variables ?? []
  }
}
