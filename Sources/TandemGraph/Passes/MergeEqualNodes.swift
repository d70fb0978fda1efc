/// Lets nodes that compute the same from the same stand for each other: the same operator, by
/// value, on the same values; the same constant.
///
/// Random and asynchronous operators are never merged: two draws are two draws.
public struct MergeEqualNodes: Pass {
  public let name = "equal nodes"

  /// The pass, which has no settings.
  public init() {}

  /// What a node computes.
  private enum Key: Hashable {
    case constant(ScalarValue)
    case operation(type: ObjectIdentifier, op: AnyHashable, inputs: [Graph.Value])
  }

  public func run(_ graph: Graph, _ context: PassContext) -> PassResult {
    var draft = GraphDraft(graph)
    var known: [Key: [Graph.Value]] = [:]
    var count = 0
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      guard let key = key(node, node.inputs.map(draft.value)) else {
        draft.keep(index)
        continue
      }
      if let values = known[key] {
        draft.replace(index, by: values)
        count += 1
      } else {
        draft.keep(index)
        known[key] = node.types.indices.map { draft.value(Graph.Value(node: index, output: $0)) }
      }
    }
    return PassResult(draft.graph(), changeCount: count)
  }

  private func key(_ node: Graph.Node, _ inputs: [Graph.Value]) -> Key? {
    switch node.kind {
    case .input: nil
    case .constant(let value): .constant(value)
    case .operation(let op) where op.drawsAtRandom || node.isAsynchronous: nil
    case .operation(let op):
      .operation(type: ObjectIdentifier(type(of: op)), op: AnyHashable(op), inputs: inputs)
    }
  }
}
