/// A graph whose inputs and results have names, and in which axes of arguments may be dynamic.
///
/// The nodes have the types that follow from the example lengths of the dynamic axes; for other
/// lengths ``graph(for:)`` makes a graph. Attributes that depend on the lengths, as the shape of a
/// `reshaped`, are kept as trees in which an ``AxisExpression`` stands in place of the number.
public struct NamedGraph: Sendable {
  /// The program, for the example lengths; inputs are the first nodes, in order.
  public let graph: Graph
  /// What the inputs are, in order.
  public let inputs: [GraphInput]
  /// What the results are called, in order.
  public let resultNames: [String]
  /// The dynamic axes and their example lengths.
  public let axes: [String: Int]
  /// Attributes and constants with expressions, by node.
  let templates: [Int: JSONValue]

  /// A graph with names.
  ///
  /// - Throws: `ShapeError` if names are missing or repeated, or types differ.
  public init(
    _ graph: Graph, inputs: [GraphInput], resultNames: [String], axes: [String: Int] = [:]
  ) throws(ShapeError) {
    try self.init(
      graph.reduced(toInputs: graph.inputs), inputs, resultNames, axes, templates: [:])
  }

  init(
    _ graph: Graph, _ inputs: [GraphInput], _ resultNames: [String], _ axes: [String: Int],
    templates: [Int: JSONValue]
  ) throws(ShapeError) {
    (self.graph, self.inputs, self.resultNames) = (graph, inputs, resultNames)
    (self.axes, self.templates) = (axes, templates)
    try check()
  }

  private func check() throws(ShapeError) {
    guard graph.inputs == Array(inputs.indices), resultNames.count == graph.outputs.count else {
      throw ShapeError(
        "graph: \(graph.inputs.count) inputs and \(graph.outputs.count) results, but "
          + "\(inputs.count) and \(resultNames.count) names")
    }
    try NamedGraph.requireUnique(inputs.map(\.name), "inputs")
    try NamedGraph.requireUnique(resultNames, "results")
    try NamedGraph.requireAxes(axes)
    for (position, input) in inputs.enumerated() { try check(input, at: position) }
  }

  static func requireAxes(_ axes: [String: Int]) throws(ShapeError) {
    guard axes.count <= SavedLimits.axisCountMax else {
      throw ShapeError("graph: \(axes.count) dynamic axes, at most \(SavedLimits.axisCountMax)")
    }
    for (name, length) in axes.sorted(by: { $0.key < $1.key })
    where !AxisExpression.isName(name) || !(1...SavedLimits.axisLengthMax).contains(length) {
      throw ShapeError("graph: no dynamic axis: \"\(name)\" with example length \(length)")
    }
  }

  private func check(_ input: GraphInput, at position: Int) throws(ShapeError) {
    let own = graph.nodes[position].types[0]
    guard input.role == .argument || input.type.names.isEmpty,
      try input.type.type(axes) == own
    else { throw ShapeError("graph: input \"\(input.name)\" is \(own), named \(input.type)") }
    switch input.role {
    case .argument, .parameter, .constant: return
    case .randomSeed, .randomStream, .randomTick:
      guard own == TensorType(Shape(), .uint64) else {
        throw ShapeError("graph: input \"\(input.name)\" is no word of a random key: \(own)")
      }
    }
  }

  private static func requireUnique(_ names: [String], _ what: String) throws(ShapeError) {
    var known: Set<String> = []
    for name in names where name.isEmpty || !known.insert(name).inserted {
      throw ShapeError("graph: \(what) need names of their own: \"\(name)\"")
    }
  }

  /// The positions of the inputs of a role.
  public func positions(of role: GraphInput.Role) -> [Int] {
    inputs.indices.filter { inputs[$0].role == role }
  }

  /// The types of the results; expressions of the dynamic axes where there are any.
  public var resultTypes: [PartialType] {
    if !axes.isEmpty, let found = try? inferred([:]) { return found.results.map(\.type) }
    return graph.outputs.map { PartialType(graph.type(of: $0)) }
  }

  // MARK: Lengths

  /// The lengths of the dynamic axes that the types of the arguments give.
  ///
  /// - Parameter arguments: one for each argument, in order.
  /// - Throws: `ShapeError` that names the argument and the axis that does not fit.
  public func lengths(of arguments: [TensorType]) throws(ShapeError) -> [String: Int] {
    var lengths: [String: Int] = [:]
    for (position, type) in zip(positions(of: .argument), arguments) {
      let input = inputs[position]
      guard type.dtype == input.type.dtype, type.rank == input.type.axes.count else {
        throw ShapeError("graph: \"\(input.name)\" is \(input.type), was given \(type)")
      }
      for (axis, wanted) in input.type.axes.enumerated() {
        let length = type.shape[axis]
        if let name = wanted.name {
          if let known = lengths[name], known != length {
            throw ShapeError(
              "graph: axis \(axis) of \"\(input.name)\" is \(length), but \(name) is \(known)")
          }
          lengths[name] = length
        } else if wanted != .length(length) {
          throw ShapeError(
            "graph: axis \(axis) of \"\(input.name)\" is \(length), not \(wanted): "
              + "\(input.type), was given \(type)")
        }
      }
    }
    return lengths
  }

  /// The program for other lengths of the dynamic axes.
  ///
  /// - Throws: `ShapeError` that names the node that they do not fit.
  public func graph(for lengths: [String: Int]) throws(ShapeError) -> Graph {
    if axes.allSatisfy({ lengths[$0.key] == $0.value }) { return graph }
    var types: [TensorType] = []
    for input in inputs { types.append(try input.type.type(lengths)) }
    return try graph(inputs: types, lengths)
  }

  /// The program for inputs of these types.
  ///
  /// - Parameter lengths: what expressions in attributes stand for.
  func graph(
    inputs types: [TensorType], _ lengths: [String: Int]
  ) throws(ShapeError) -> Graph {
    var nodes: [Graph.Node] = []
    for (index, node) in graph.nodes.enumerated() {
      do throws(ShapeError) {
        nodes.append(try self.node(index, node, nodes, types, lengths))
      } catch {
        throw ShapeError("graph: \(error.message): node \(index), \(differences(types))")
      }
    }
    return Graph(nodes: nodes, inputs: graph.inputs, outputs: graph.outputs)
  }

  private func node(
    _ index: Int, _ node: Graph.Node, _ before: [Graph.Node], _ inputs: [TensorType],
    _ lengths: [String: Int]
  ) throws(ShapeError) -> Graph.Node {
    var (kind, types) = (node.kind, node.types)
    switch node.kind {
    case .constant:
      guard let template = templates[index] else { break }
      kind = .constant(try NamedGraph.constant(template, lengths))
    case .input(let position): types = TensorTypes(inputs[position])
    case .operation(var op):
      if let template = templates[index] { op = try NamedGraph.operation(op, template, lengths) }
      kind = .operation(op)
      types = try op.verifiedOutputTypes(
        for: TensorTypes(node.inputs.map { before[$0.node].types[$0.output] }))
      for type in types { try SavedLimits.check(type) }
    }
    return Graph.Node(
      kind: kind, inputs: node.inputs, types: types, site: node.site, path: node.path)
  }

  /// A number that depends on the lengths.
  private static func constant(
    _ template: JSONValue, _ lengths: [String: Int]
  ) throws(ShapeError) -> ScalarValue {
    do {
      return try AttributeDecoder.value(ScalarValue.self, template, axes: lengths)
    } catch {
      throw ShapeError("constant: \(SavedGraphError(error).message)")
    }
  }

  /// An operator with attributes for these lengths.
  private static func operation(
    _ op: any Op, _ template: JSONValue, _ lengths: [String: Int]
  ) throws(ShapeError) -> any Op {
    func decoded<T: Op & Codable>(_ type: T.Type) throws -> any Op {
      try AttributeDecoder.value(type, template, axes: lengths)
    }
    guard let type = Swift.type(of: op) as? any (Op & Codable).Type else { return op }
    do {
      return try decoded(type)
    } catch {
      throw ShapeError("\(type.name): \(SavedGraphError(error).message)")
    }
  }

  /// What is not as in the example, in words.
  private func differences(_ types: [TensorType]) -> String {
    var found: [String] = []
    for (position, type) in types.enumerated() where inputs[position].role == .argument {
      let own = graph.nodes[position].types[0]
      guard type.rank == own.rank else { continue }
      for axis in 0..<type.rank where type.shape[axis] != own.shape[axis] {
        found.append(
          "where axis \(axis) of \"\(inputs[position].name)\" is \(type.shape[axis]), "
            + "not \(own.shape[axis])")
      }
    }
    return found.joined(separator: " and ")
  }
}
