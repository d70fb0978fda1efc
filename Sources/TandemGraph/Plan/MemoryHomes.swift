/// Which values of a graph share memory: a view shows the memory of what it is a view of.
///
/// Told without layouts, as if every array were dense.
struct MemoryHomes {
  let graph: Graph
  /// For each view the value whose memory it is; of other nodes the first output.
  private var homes: [Graph.Value]

  init(_ graph: Graph) {
    self.graph = graph
    homes = graph.nodes.indices.map { Graph.Value(node: $0) }
    for (index, node) in graph.nodes.enumerated() where MemoryHomes.isView(node, graph) {
      homes[index] = home(node.inputs[0])
    }
  }

  private static func isView(_ node: Graph.Node, _ graph: Graph) -> Bool {
    guard case .operation(let op) = node.kind, node.inputs.count == 1 else { return false }
    return op.view(of: Layout(graph.type(of: node.inputs[0]).shape)) != nil
  }

  /// Whether a node is a view.
  func isView(_ node: Int) -> Bool { homes[node].node != node }

  /// The value whose memory a value is.
  func home(_ value: Graph.Value) -> Graph.Value {
    isView(value.node) ? homes[value.node] : value
  }

  /// Whether a node's outputs take memory of the plan: it computes, and is no view.
  func isComputed(_ node: Int) -> Bool {
    guard case .operation(let op) = graph.nodes[node].kind else { return false }
    return !isView(node) && !(op is Literal)
  }
}
