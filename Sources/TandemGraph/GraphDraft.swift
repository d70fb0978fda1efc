/// A new graph made from an old one, node by node: what passes write into.
struct GraphDraft {
  private let old: Graph
  private(set) var nodes: [Graph.Node] = []
  /// What each value of the old graph is in the new one.
  private var values: [[Graph.Value]]
  private var inputs: [Int]

  init(_ old: Graph) {
    self.old = old
    values = Array(repeating: [], count: old.nodes.count)
    inputs = Array(repeating: -1, count: old.inputs.count)
  }

  /// What a value of the old graph has become.
  func value(_ old: Graph.Value) -> Graph.Value { values[old.node][old.output] }

  /// The type of a value of the new graph.
  func type(of value: Graph.Value) -> TensorType { nodes[value.node].types[value.output] }

  /// Copies a node of the old graph; its inputs have been dealt with.
  mutating func keep(_ index: Int) {
    let node = old.nodes[index]
    replace(index, by: add(node.kind, node.inputs.map(value), node.types, like: node))
  }

  /// Lets values of the new graph stand for the outputs of an old node.
  mutating func replace(_ index: Int, by new: [Graph.Value]) { values[index] = new }

  /// Adds a node.
  ///
  /// - Parameter source: a node whose place in the user's program the new one takes.
  mutating func add(
    _ kind: Graph.Kind, _ operands: [Graph.Value], _ types: TensorTypes, like source: Graph.Node
  ) -> [Graph.Value] {
    if case .input(let position) = kind { inputs[position] = nodes.count }
    nodes.append(
      Graph.Node(
        kind: kind, inputs: operands, types: types, site: source.site, path: source.path))
    return types.indices.map { Graph.Value(node: nodes.count - 1, output: $0) }
  }

  /// Adds an operator.
  ///
  /// - Throws: `ShapeError` of its shape rule.
  mutating func add(
    _ op: any Op, _ operands: [Graph.Value], like source: Graph.Node
  ) throws(ShapeError) -> [Graph.Value] {
    let types = try op.checkedOutputTypes(for: TensorTypes(operands.lazy.map(type(of:))))
    return add(.operation(op), operands, types, like: source)
  }

  /// The new graph, with what the old results have become.
  func graph() -> Graph { Graph(nodes: nodes, inputs: inputs, outputs: old.outputs.map(value)) }
}

extension Graph {
  /// The graph with some nodes replaced.
  ///
  /// - Parameter replace: what stands for the outputs of a node, added to the draft; `nil` keeps
  ///   the node.
  func replacingNodes(
    _ replace: (Node, inout GraphDraft) throws(ShapeError) -> [Value]?
  ) throws(ShapeError) -> PassResult {
    var draft = GraphDraft(self)
    var count = 0
    for index in nodes.indices {
      if let values = try replace(nodes[index], &draft) {
        draft.replace(index, by: values)
        count += 1
      } else {
        draft.keep(index)
      }
    }
    return PassResult(draft.graph(), changeCount: count)
  }
}
