extension NamedGraph {
  /// A graph with the same inputs that computes the gradient of one result.
  ///
  /// - Parameters:
  ///   - result: the name of a result, a float of one element.
  ///   - names: of inputs that are floats; the results of the new graph, of the inputs' types, have
  ///     these names.
  /// - Throws: `ShapeError` if there is no such result or input, or it is no float.
  public func gradient(
    of result: String, withRespectTo names: [String]
  ) throws(ShapeError) -> NamedGraph {
    guard let output = resultNames.firstIndex(of: result) else {
      throw ShapeError("graph: no result \"\(result)\": it gives \(resultNames)")
    }
    let type = graph.type(of: graph.outputs[output])
    guard type.shape.elementCount == 1, type.dtype.isFloatingPoint else {
      throw ShapeError("graph: the gradient needs one float: result \"\(result)\" is \(type)")
    }
    let positions = Dictionary(uniqueKeysWithValues: zip(inputs.map(\.name), inputs.indices))
    var targets: [Int] = []
    for name in names {
      guard let position = positions[name] else {
        throw ShapeError("graph: no input \"\(name)\": it takes \(inputs.map(\.name))")
      }
      guard inputs[position].type.dtype.isDifferentiable else {
        throw ShapeError("graph: no gradient for \"\(name)\", which is \(inputs[position].type)")
      }
      targets.append(position)
    }
    let derivative = try NamedGraph(
      try NamedGraph.gradient(graph, output, targets), inputs: inputs, resultNames: names,
      axes: axes)
    guard !axes.isEmpty else { return derivative }
    var graphs: [Graph] = []
    for lengths in try NamedGraph.tracePoints(axes) {
      graphs.append(try NamedGraph.gradient(try graph(for: lengths), output, targets))
    }
    return try derivative.generalized(graphs)
  }

  private static func gradient(
    _ graph: Graph, _ output: Int, _ targets: [Int]
  ) throws(ShapeError) -> Graph {
    let builder = GraphBuilder()
    let inputs = graph.inputs.map { builder.input(graph.nodes[$0].types[0]) }
    let result = try builder.inline(graph, inputs)[output]
    let one = builder.constant(ScalarValue(1, result.dtype)).broadcast(to: result.shape)
    let wanted = targets.map { inputs[$0] }
    let found = Symbol.pullback(of: [result], [one], to: wanted)
    let gradients = zip(wanted, found).map { $1 ?? builder.zeros($0.type) }
    return builder.graph(inputs: inputs, outputs: gradients)
  }
}
