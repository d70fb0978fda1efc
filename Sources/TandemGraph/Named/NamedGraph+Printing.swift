extension NamedGraph: CustomStringConvertible {
  /// The graph as formulas, one node a line; see the example at ``BoundGraph`` in TandemArray.
  public var description: String {
    let arguments = inputs.filter { $0.role == .argument }.map { "\($0.name): \($0.type)" }
    var lines = ["graph(\(arguments.joined(separator: ", ")))"]
    for input in inputs where input.role != .argument {
      lines.append("  \(input.role) \(input.name): \(input.type)")
    }
    let open = axes.isEmpty ? nil : (try? inferred([:]))?.nodes
    for (index, node) in graph.nodes.enumerated() {
      guard case .operation(let op) = node.kind else { continue }
      let types = open?[index] ?? node.types.map { PartialType($0) }
      let text = types.map(\.description).joined(separator: ", ")
      lines.append("  %\(index) = \(formula(op, node)): \(text)")
      guard let control = op as? any SubgraphOp else { continue }
      for (label, body) in control.subgraphs {
        lines.append("    \(label):")
        lines += body.graph.description.split(separator: "\n").map { "      \($0)" }
      }
    }
    for (name, value) in zip(resultNames, graph.outputs) {
      lines.append("  \(name) = \(text(of: value))")
    }
    return lines.joined(separator: "\n")
  }

  private static let signs: [String: String] = [
    "add": "+", "subtract": "-", "multiply": "*", "divide": "/", "equal": ".==",
    "notEqual": ".!=", "less": ".<", "lessEqual": ".<=", "greater": ".>",
    "greaterEqual": ".>=",
  ]

  private func formula(_ op: any Op, _ node: Graph.Node) -> String {
    let operands = node.inputs.map(text(of:))
    if let sign = NamedGraph.signs[Swift.type(of: op).name], operands.count == 2 {
      return "\(operands[0]) \(sign) \(operands[1])"
    }
    return "\(op.text)(\(operands.joined(separator: ", ")))"
  }

  private func text(of value: Graph.Value) -> String {
    switch graph.nodes[value.node].kind {
    case .input(let position): inputs[position].name
    case .constant(let number):
      if case .string(let expression)? = templates[value.node]?["value"] {
        expression
      } else {
        "\(number)"
      }
    case .operation:
      graph.nodes[value.node].types.count == 1
        ? "%\(value.node)" : "%\(value.node).\(value.output)"
    }
  }

  /// The graph in the language of Graphviz, with the names of inputs and results.
  public var dot: String {
    graph.dot(inputs: inputs.map { "\($0.name): \($0.type)" }, results: resultNames)
  }
}
