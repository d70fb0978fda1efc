/// Drops nodes that no result and no asynchronous operator depends on; inputs stay, as the caller
/// counts them.
///
/// A random operator's key is an input of the graph, so that others keep theirs when one goes.
public struct EliminateDeadNodes: Pass {
  public let name = "dead nodes"

  /// The pass, which has no settings.
  public init() {}

  public func run(_ graph: Graph, _ context: PassContext) -> PassResult {
    let live = graph.liveNodes
    var draft = GraphDraft(graph)
    var dropped = 0
    for index in graph.nodes.indices {
      if case .input = graph.nodes[index].kind {
        draft.keep(index)
      } else if live[index] {
        draft.keep(index)
      } else {
        dropped += 1
      }
    }
    return PassResult(draft.graph(), changeCount: dropped)
  }
}
