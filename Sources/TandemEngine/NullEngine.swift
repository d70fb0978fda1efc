import Synchronization

/// Runs nothing: operations are destroyed as they are pushed. For measuring what pushing costs.
public final class NullEngine: Engine, @unchecked Sendable {
  // Sendable: no state.

  /// An engine that runs nothing.
  public override init() { super.init() }

  public override var kind: String { "null" }

  override func submit(_ node: NodePointer, _ reading: VariableList, _ writing: VariableList) {
    let thread = EngineThread.current
    NodeCalls.destroyPayload(node)
    node.pointee.head.store(NodeCalls.recycled(node, thread), ordering: .releasing)
    thread.pointee.giveNode(node)
  }
}
