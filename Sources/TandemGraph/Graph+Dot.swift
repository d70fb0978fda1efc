extension Graph {
  /// The graph in the language of Graphviz: `dot -Tsvg`. Boxes are operators, ellipses inputs,
  /// plain text constants; edges carry types.
  public var dot: String {
    dot(
      inputs: inputs.indices.map { "input \($0)" }, results: outputs.indices.map { "result \($0)" })
  }

  /// The same with names.
  func dot(inputs: [String], results: [String]) -> String {
    var lines = ["digraph {", "  node [shape=box fontname=monospace]"]
    for (index, node) in nodes.enumerated() {
      lines.append("  n\(index) [\(Graph.attributes(of: node, inputs))]")
      for input in node.inputs {
        lines.append("  n\(input.node) -> n\(index) [label=\"\(type(of: input))\"]")
      }
    }
    for (index, output) in outputs.enumerated() {
      lines.append("  result\(index) [label=\"\(Graph.escaped(results[index]))\" shape=ellipse]")
      lines.append("  n\(output.node) -> result\(index) [label=\"\(type(of: output))\"]")
    }
    return (lines + ["}"]).joined(separator: "\n")
  }

  private static func attributes(of node: Node, _ inputs: [String]) -> String {
    switch node.kind {
    case .input(let position): "label=\"\(escaped(inputs[position]))\" shape=ellipse"
    case .constant(let value): "label=\"\(value)\" shape=plaintext"
    case .operation(let op):
      "label=\"\(escaped(op.text))\""
        + (node.path.isEmpty ? "" : " tooltip=\"\(escaped(node.path))\"")
    }
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
      switch character {
      case "\"": escaped += "\\\""
      case "\\": escaped += "\\\\"
      case _ where character.isNewline: escaped += "\\n"
      default: escaped.append(character)
      }
    }
  }
}
