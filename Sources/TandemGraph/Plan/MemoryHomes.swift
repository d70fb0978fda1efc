/// Which values of a graph share memory: a view shows the memory of what it is a view of.
///
/// Told without layouts, as if every array were dense.
struct MemoryHomes {
  let graph: Graph
  /// The node whose memory a node's outputs are: itself, or what a view shows.
  private var nodes: [Int]

  init(_ graph: Graph) {
    self.graph = graph
    nodes = Array(graph.nodes.indices)
    for (index, node) in graph.nodes.enumerated() where MemoryHomes.isView(node, graph) {
      nodes[index] = nodes[node.inputs[0].node]
    }
  }

  private static func isView(_ node: Graph.Node, _ graph: Graph) -> Bool {
    guard case .operation(let op) = node.kind, node.inputs.count == 1 else { return false }
    return op.view(of: Layout(graph.type(of: node.inputs[0]).shape)) != nil
  }

  /// Whether a node is a view.
  func isView(_ node: Int) -> Bool { nodes[node] != node }

  /// The value whose memory a value is.
  func home(_ value: Graph.Value) -> Graph.Value {
    var value = value
    while isView(value.node) { value = graph.nodes[value.node].inputs[0] }
    return value
  }

  /// Whether a node's outputs take memory of the plan: it computes, and is no view.
  func isComputed(_ node: Int) -> Bool {
    guard case .operation(let op) = graph.nodes[node].kind else { return false }
    return !isView(node) && !(op is Literal)
  }
}
