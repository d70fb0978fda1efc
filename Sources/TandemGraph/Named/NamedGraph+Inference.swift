/// The types that follow from types of arguments.
public struct InferredTypes: Sendable, CustomStringConvertible {
  /// The arguments, with what was said of them.
  public let arguments: [(name: String, type: PartialType)]
  /// The results.
  public let results: [(name: String, type: PartialType)]
  /// The outputs of each node.
  public let nodes: [[PartialType]]

  /// The type of a result; `nil` if there is none of this name.
  public subscript(name: String) -> PartialType? { results.first { $0.name == name }?.type }

  /// Arguments, an arrow, results.
  public var description: String {
    func text(_ list: [(name: String, type: PartialType)]) -> String {
      list.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
    }
    return "\(text(arguments)) → \(text(results))"
  }
}

extension NamedGraph {
  /// Infers the types of results and nodes from types of arguments, whose axes may be lengths,
  /// names or unknown.
  ///
  /// The rules of the operators are asked for several lengths of each axis that has none; a length
  /// of a result that is a sum of products of them is given as that, any other is unknown.
  ///
  /// - Parameter arguments: types by name; an argument that is left out keeps its own.
  /// - Throws: `ShapeError` that names the argument, the axis and the node that do not fit.
  public func inferred(
    _ arguments: [String: PartialType]
  ) throws(ShapeError) -> InferredTypes {
    let positions = positions(of: .argument)
    for name in arguments.keys.sorted()
    where !positions.contains(where: { inputs[$0].name == name }) {
      throw ShapeError(
        "graph: no argument \"\(name)\": it takes \(positions.map { inputs[$0].name })")
    }
    let given = positions.map { arguments[inputs[$0].name] ?? inputs[$0].type }
    let asked = namingUnknowns(given, positions)
    let names = asked.reduce(into: [String]()) { names, type in
      for name in type.names where !names.contains(name) { names.append(name) }
    }
    guard names.count <= SavedLimits.axisCountMax else {
      throw ShapeError("graph: \(names.count) open axes, at most \(SavedLimits.axisCountMax)")
    }
    let fit = MultilinearFit(
      names, examples: names.enumerated().map { axes[$1] ?? 64 * ($0 + 1) })
    var samples: [Graph] = []
    for point in fit.points { samples.append(try sample(asked, point)) }
    func type(_ node: Int, _ output: Int) -> PartialType {
      let shapes = samples.map { $0.nodes[node].types[output].shape }
      let type = samples[0].nodes[node].types[output]
      let axes = (0..<type.rank).map { axis in
        NamedGraph.axis(fit.expression(shapes.map { $0[axis] }))
      }
      return PartialType(axes, type.dtype)
    }
    let nodes = graph.nodes.indices.map { node in
      graph.nodes[node].types.indices.map { type(node, $0) }
    }
    return InferredTypes(
      arguments: zip(positions, given).map { (inputs[$0].name, $1) },
      results: zip(resultNames, graph.outputs).map { ($0, nodes[$1.node][$1.output]) },
      nodes: nodes)
  }

  private static func axis(_ expression: AxisExpression?) -> PartialType.Axis {
    guard let expression,
      !expression.terms.contains(where: { term in
        term.axes.contains { $0.hasPrefix("?") }
      })
    else { return .unknown }
    return expression.value([:]).map { .length($0) } ?? .dynamic(expression)
  }

  /// The graph for one choice of the open lengths.
  private func sample(
    _ arguments: [PartialType], _ point: [String: Int]
  ) throws(ShapeError) -> Graph {
    var types = graph.inputs.map { graph.nodes[$0].types[0] }
    var lengths: [String: Int] = [:]
    for (position, argument) in zip(positions(of: .argument), arguments) {
      let (input, type) = (inputs[position], try argument.type(point))
      guard type.dtype == input.type.dtype, type.rank == input.type.axes.count else {
        throw ShapeError("graph: \"\(input.name)\" is \(input.type), was given \(argument)")
      }
      types[position] = type
      for (axis, wanted) in input.type.axes.enumerated() {
        guard let name = wanted.name else { continue }
        let length = type.shape[axis]
        if let known = lengths[name], known != length {
          throw ShapeError(
            "graph: axis \(axis) of \"\(input.name)\" is \(argument.axes[axis]), but \(name) has "
              + "another length already")
        }
        lengths[name] = length
      }
    }
    return try graph(inputs: types, lengths)
  }

  /// What stands for axes of which nothing is known: where the graph's axis has a name, what is
  /// said of that name elsewhere, or one name for all of them; else a name of its own.
  private func namingUnknowns(_ types: [PartialType], _ positions: [Int]) -> [PartialType] {
    var known: [String: PartialType.Axis] = [:]
    for (type, position) in zip(types, positions) {
      for (axis, own) in zip(type.axes, inputs[position].type.axes) where axis != .unknown {
        if let name = own.name, known[name] == nil { known[name] = axis }
      }
    }
    var count = 0
    return zip(types, positions).map { type, position in
      let own = inputs[position].type.axes
      let axes = type.axes.enumerated().map { index, axis -> PartialType.Axis in
        guard axis == .unknown else { return axis }
        if index < own.count, let name = own[index].name {
          return known[name] ?? .named("?\(name)")
        }
        count += 1
        return .named("?\(count)")
      }
      return PartialType(axes, type.dtype)
    }
  }
}
