/// A graph as an attribute of an operator: the body of a loop, a branch.
///
/// Two are equal if they compute the same by the same nodes, wherever the user wrote them.
public struct Subgraph: Hashable, Sendable, GraphAttribute {
  /// The graph.
  public let graph: Graph
  private let key: Int

  /// A graph as an attribute.
  public init(_ graph: Graph) {
    self.graph = graph
    var hasher = Hasher()
    for node in graph.nodes {
      hasher.combine(Subgraph.operation(node))
      hasher.combine(node.inputs)
      hasher.combine(node.types)
    }
    hasher.combine(graph.inputs)
    hasher.combine(graph.outputs)
    key = hasher.finalize()
  }

  /// Whether some operator of the graph, or of graphs inside of it, draws random numbers.
  public var isRandom: Bool {
    graph.nodes.contains { node in
      guard case .operation(let op) = node.kind else { return false }
      return op.drawsAtRandom
    }
  }

  /// The name of an asynchronous operator of the graph, if there is one.
  public var asynchronousOperator: String? {
    for node in graph.nodes where node.isAsynchronous {
      if case .operation(let op) = node.kind { return type(of: op).name }
    }
    return nil
  }

  /// The types of the results.
  public var outputTypes: [TensorType] { graph.outputs.map(graph.type(of:)) }

  /// The types of the inputs.
  public var inputTypes: [TensorType] { graph.inputs.map { graph.nodes[$0].types[0] } }

  public static func == (lhs: Subgraph, rhs: Subgraph) -> Bool {
    guard lhs.key == rhs.key, lhs.graph.inputs == rhs.graph.inputs,
      lhs.graph.outputs == rhs.graph.outputs, lhs.graph.nodes.count == rhs.graph.nodes.count
    else { return false }
    return zip(lhs.graph.nodes, rhs.graph.nodes).allSatisfy { a, b in
      a.inputs == b.inputs && a.types == b.types && operation(a) == operation(b)
    }
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(key) }

  /// What a node stands for, for comparison.
  private static func operation(_ node: Graph.Node) -> AnyHashable {
    switch node.kind {
    case .input(let position): AnyHashable(position)
    case .constant(let value): AnyHashable(value)
    case .operation(let op): AnyHashable(op)
    }
  }
}

/// An attribute of an operator that is too long for a line: it is left out where attributes are
/// printed.
public protocol GraphAttribute {}

extension Optional: GraphAttribute where Wrapped: GraphAttribute {}

extension Array: GraphAttribute where Element: GraphAttribute {}

/// An operator that computes by graphs of its own: control flow. Printed graphs show them indented,
/// the verifier checks them, too.
public protocol SubgraphOp: Op {
  /// The graphs, with what they are called in printed graphs and messages.
  var subgraphs: [(label: String, graph: Subgraph)] { get }
}

extension Op {
  /// Whether this operator draws random numbers, by itself or in a graph of its own: two such are
  /// never made one.
  public var drawsAtRandom: Bool {
    if let control = self as? any SubgraphOp {
      return control.subgraphs.contains { $0.graph.isRandom }
    }
    return Self.isRandom
  }
}

extension GraphBuilder {
  /// Adds all nodes of a graph.
  ///
  /// - Parameter inputs: what stands for its inputs, of their types.
  /// - Returns: what its results are here.
  /// - Throws: `ShapeError` if the inputs do not fit.
  package func inline(_ graph: Graph, _ inputs: Symbols) throws(ShapeError) -> Symbols {
    var values: [Symbols] = []
    let outer = path
    defer { path = outer }
    for node in graph.nodes {
      if !node.path.isEmpty { path = node.path }
      switch node.kind {
      case .input(let position): values.append([inputs[position]])
      case .constant(let value): values.append([constant(value)])
      case .operation(let op):
        values.append(
          try add(op, node.inputs.map { values[$0.node][$0.output] }, at: node.site))
      }
    }
    return graph.outputs.map { values[$0.node][$0.output] }
  }

  /// The graph of what was traced that `outputs` depend on.
  ///
  /// - Parameter inputs: the inputs of the graph, in order; all that the outputs depend on.
  package func graph(inputs: Symbols, outputs: Symbols) -> Graph {
    graph(outputs: outputs).reduced(toInputs: inputs.map(\.value.node))
  }
}

extension Graph {
  /// The nodes that the outputs depend on, with other inputs.
  ///
  /// - Parameter order: the nodes that shall be the inputs, in order.
  package func reduced(toInputs order: [Int]) -> Graph {
    let live = liveNodes
    var places: [Int: Int] = [:]
    var nodes: [Node] = []
    for (position, node) in order.enumerated() {
      places[node] = nodes.count
      nodes.append(
        Node(
          kind: .input(position), inputs: [], types: self.nodes[node].types,
          site: self.nodes[node].site, path: self.nodes[node].path))
    }
    func moved(_ value: Value) -> Value {
      guard let place = places[value.node] else {
        fail("graph: broken invariant: input %\(value.node) is used but not listed", at: .unknown)
      }
      return Value(node: place, output: value.output)
    }
    for (index, node) in self.nodes.enumerated() where live[index] {
      if case .input = node.kind { continue }
      places[index] = nodes.count
      nodes.append(
        Node(
          kind: node.kind, inputs: node.inputs.map(moved), types: node.types, site: node.site,
          path: node.path))
    }
    return Graph(nodes: nodes, inputs: Array(order.indices), outputs: outputs.map(moved))
  }
}
