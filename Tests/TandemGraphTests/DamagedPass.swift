import TandemGraph

@testable import TandemGraph

/// A pass that makes a mistake wherever it changes something: a value of the new graph, one that it
/// has just made if there is any, is taken for another of the same type.
struct DamagedPass: Pass {
  private let pass: any Pass

  init(_ pass: any Pass) { self.pass = pass }

  var name: String { pass.name }
  var keepsBits: Bool { pass.keepsBits }

  func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    let result = try pass.run(graph, context)
    guard result.changeCount > 0 else { return result }
    return PassResult(
      DamagedPass.damaged(result.graph, before: graph), changeCount: result.changeCount)
  }

  private static func damaged(_ graph: Graph, before: Graph) -> Graph {
    let known = Set(before.nodes.compactMap(operation))
    let live = graph.liveNodes
    let all = graph.nodes.indices.filter { live[$0] && operation(graph.nodes[$0]) != nil }
    let new = all.filter { !known.contains(operation(graph.nodes[$0])!) }
    for index in new.reversed() + all {
      guard let other = other(than: index, in: graph) else { continue }
      var draft = GraphDraft(graph)
      for node in graph.nodes.indices {
        draft.keep(node)
        guard node == index else { continue }
        var values = graph.nodes[node].types.indices.map {
          draft.value(Graph.Value(node: node, output: $0))
        }
        values[0] = draft.value(other)
        draft.replace(node, by: values)
      }
      return draft.graph()
    }
    return graph
  }

  private static func operation(_ node: Graph.Node) -> AnyHashable? {
    guard case .operation(let op) = node.kind else { return nil }
    return AnyHashable(op)
  }

  /// An earlier value of the type of a node's first output.
  private static func other(than index: Int, in graph: Graph) -> Graph.Value? {
    for node in graph.nodes.indices[..<index].reversed() {
      for output in graph.nodes[node].types.indices
      where graph.nodes[node].types[output] == graph.nodes[index].types[0] {
        return Graph.Value(node: node, output: output)
      }
    }
    return nil
  }
}
