extension NamedGraph {
  /// Where a graph with dynamic axes must be traced: lengths of each axis, the examples first.
  ///
  /// - Throws: `ShapeError` if there are too many axes, one has no proper name, or an example is
  ///   not from 1 to 2³¹ − 1.
  public static func tracePoints(_ axes: [String: Int]) throws(ShapeError) -> [[String: Int]] {
    try requireAxes(axes)
    return fit(axes).points
  }

  private static func fit(_ axes: [String: Int]) -> MultilinearFit {
    let names = axes.keys.sorted()
    return MultilinearFit(names, examples: names.map { axes[$0] ?? 1 })
  }

  /// This graph, with the attributes that depend on the dynamic axes found by comparing it with
  /// graphs that were traced for other lengths.
  ///
  /// - Parameter traced: the graphs at ``tracePoints(_:)``, this one first.
  /// - Throws: `ShapeError` that names the first node that depends on the lengths in a way that
  ///   cannot be saved: another operator, another order, another constant, a length that is no sum
  ///   of products.
  public func generalized(_ traced: [Graph]) throws(ShapeError) -> NamedGraph {
    let fit = NamedGraph.fit(axes)
    let graphs = traced.map { $0.reduced(toInputs: $0.inputs) }
    func refuse(_ index: Int, _ what: String) -> ShapeError {
      let node = graph.nodes[index]
      let title = if case .operation(let op) = node.kind { op.text } else { "a value" }
      return ShapeError(
        "graph: \(what) depends on the lengths of \(axes.keys.sorted().joined(separator: ", ")): "
          + "node \(index), \(title), at \(node.site)")
    }
    var templates: [Int: JSONValue] = [:]
    for (index, node) in graph.nodes.enumerated() {
      let nodes = graphs.compactMap { $0.nodes.indices.contains(index) ? $0.nodes[index] : nil }
      guard nodes.count == graphs.count, nodes.allSatisfy({ $0.inputs == node.inputs }) else {
        throw refuse(index, "what is computed")
      }
      switch node.kind {
      case .input: break
      case .constant(let value):
        var trees: [JSONValue] = []
        for case .constant(let other) in nodes.map(\.kind) {
          trees += (try? [AttributeEncoder.json(other)]) ?? []
        }
        guard trees.count == nodes.count else { throw refuse(index, "what is computed") }
        guard let merged = fit.merged(trees) else { throw refuse(index, "the constant \(value)") }
        if merged != trees[0] { templates[index] = merged }
      case .operation(let op):
        guard let trees = NamedGraph.attributes(nodes, like: op) else {
          throw refuse(index, "what is computed")
        }
        guard let merged = fit.merged(trees) else { throw refuse(index, "an attribute") }
        if merged != trees[0] { templates[index] = merged }
      }
    }
    for other in graphs
    where other.nodes.count != graph.nodes.count
      || other.outputs != graph.outputs
    {
      throw refuse(graph.nodes.count - 1, "what is computed")
    }
    return try NamedGraph(graph, inputs, resultNames, axes, templates: templates)
  }

  /// The attributes of nodes of one operator; `nil` if one is another operator's.
  private static func attributes(_ nodes: [Graph.Node], like op: any Op) -> [JSONValue]? {
    var trees: [JSONValue] = []
    for case .operation(let other) in nodes.map(\.kind) {
      guard type(of: other) == type(of: op) else { return nil }
      guard let value = other as? any Encodable, let json = try? AttributeEncoder.json(value) else {
        return nil
      }
      trees.append(json)
    }
    return trees.count == nodes.count ? trees : nil
  }
}
