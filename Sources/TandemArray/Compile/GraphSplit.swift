/// A graph cut in two: what does not depend on some of its inputs, and what does.
struct GraphSplit {
  /// What of the first part the second needs.
  private(set) var residuals: [Graph.Value] = []
  /// The second part: its inputs are the residuals, then the inputs that it depends on.
  let second: Graph
  private let graph: Graph
  private let late: [Bool]

  /// - Parameters:
  ///   - results: of the second part.
  ///   - isLate: whether the second part begins at the input with this position.
  init(_ graph: Graph, results: [Graph.Value], isLate: (Int) -> Bool) {
    self.graph = graph
    // What needs no input at all is cheaper to compute twice than to keep.
    var (late, isFree) = ([Bool](), [Bool]())
    for node in graph.nodes {
      switch node.kind {
      case .input(let position):
        late.append(isLate(position))
        isFree.append(false)
      case .constant, .operation:
        late.append(node.inputs.contains { late[$0.node] })
        isFree.append(!node.isAsynchronous && node.inputs.allSatisfy { isFree[$0.node] })
      }
    }
    self.late = late
    var builder = SecondPart(graph, late: late, stays: zip(late, isFree).map { $0 || $1 })
    second = builder.build(results)
    residuals = builder.residuals
  }

  /// The first part with these results; its inputs are those of the graph that are not late.
  func first(results: some Sequence<Graph.Value>) -> Graph {
    var nodes: [Graph.Node] = []
    var (places, inputs): ([Int: Int], [Int]) = ([:], [])
    for (index, node) in graph.nodes.enumerated() where !late[index] {
      places[index] = nodes.count
      var kind = node.kind
      if case .input = kind {
        kind = .input(inputs.count)
        inputs.append(nodes.count)
      }
      nodes.append(node.moved(kind, places))
    }
    return Graph(
      nodes: nodes, inputs: inputs,
      outputs: results.map { Graph.Value(node: places[$0.node]!, output: $0.output) })
  }

  /// Collects the nodes of the second part.
  private struct SecondPart {
    let graph: Graph
    let late: [Bool]
    let stays: [Bool]
    var residuals: [Graph.Value] = []

    init(_ graph: Graph, late: [Bool], stays: [Bool]) {
      (self.graph, self.late, self.stays) = (graph, late, stays)
    }

    mutating func build(_ results: [Graph.Value]) -> Graph {
      let needed = needed(for: results)
      residuals = wanted(results, needed)
      var (nodes, inputs): ([Graph.Node], [Int]) = ([], [])
      var values: [Graph.Value: Graph.Value] = [:]
      func addInput(_ value: Graph.Value) {
        values[value] = Graph.Value(node: nodes.count)
        nodes.append(
          Graph.Node(
            kind: .input(inputs.count), inputs: [], types: TensorTypes(graph.type(of: value))))
        inputs.append(nodes.count - 1)
      }
      for residual in residuals { addInput(residual) }
      for index in graph.inputs where stays[index] { addInput(Graph.Value(node: index)) }
      for (index, node) in graph.nodes.enumerated() where needed[index] && stays[index] {
        if case .input = node.kind { continue }
        for output in node.types.indices {
          values[Graph.Value(node: index, output: output)] = Graph.Value(
            node: nodes.count, output: output)
        }
        nodes.append(
          Graph.Node(
            kind: node.kind, inputs: node.inputs.map { values[$0]! }, types: node.types,
            site: node.site, path: node.path))
      }
      return Graph(nodes: nodes, inputs: inputs, outputs: results.map { values[$0]! })
    }

    /// Which nodes of the second part its results and asynchronous operators depend on.
    private func needed(for results: [Graph.Value]) -> [Bool] {
      var needed = graph.nodes.indices.map { late[$0] && graph.nodes[$0].isAsynchronous }
      for result in results { needed[result.node] = true }
      for index in graph.nodes.indices.reversed() where needed[index] && stays[index] {
        for input in graph.nodes[index].inputs { needed[input.node] = true }
      }
      return needed
    }

    /// The values of the first part that the second uses, each once.
    private func wanted(_ results: [Graph.Value], _ needed: [Bool]) -> [Graph.Value] {
      var known: Set<Graph.Value> = []
      let used = graph.nodes.indices.filter { needed[$0] && stays[$0] }
        .flatMap { graph.nodes[$0].inputs }
      return (used + results).filter { !stays[$0.node] && known.insert($0).inserted }
    }
  }
}

extension Graph.Node {
  /// The node in another graph, in which the nodes that it uses have other places.
  fileprivate func moved(_ kind: Graph.Kind, _ places: [Int: Int]) -> Graph.Node {
    Graph.Node(
      kind: kind, inputs: inputs.map { Graph.Value(node: places[$0.node]!, output: $0.output) },
      types: types, site: site, path: path)
  }
}
