extension Graph: CustomStringConvertible {
  /// One line for each node, then the results:
  ///
  ///     %0 = input 0: float32[2, 3]
  ///     %1 = constant 2.0: float32[]
  ///     %2 = multiply(%0, %1): float32[2, 3]
  ///     return %2
  ///
  /// Graphs inside of operators of control flow stand below them, indented.
  public var description: String {
    var lines = nodes.indices.flatMap(nodeLines)
    lines.append("return " + outputs.map(name(of:)).joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  /// A node, and below it, indented, the graphs of its operator.
  private func nodeLines(_ index: Int) -> [String] {
    var lines = ["%\(index) = \(text(of: nodes[index]))"]
    guard case .operation(let op as any SubgraphOp) = nodes[index].kind else { return lines }
    for (label, body) in op.subgraphs {
      lines.append("  \(label):")
      lines += body.graph.description.split(separator: "\n").map { "    \($0)" }
    }
    return lines
  }

  private func text(of node: Node) -> String {
    switch node.kind {
    case .input(let position): "input \(position): \(node.types)"
    case .constant(let value): "constant \(value): \(node.types)"
    case .operation(let op):
      "\(op.text)(\(node.inputs.map(name(of:)).joined(separator: ", "))): \(node.types)"
    }
  }

  private func name(of value: Value) -> String {
    nodes[value.node].types.count == 1 ? "%\(value.node)" : "%\(value.node).\(value.output)"
  }
}

extension Op {
  /// The operator's name with its attributes: `sum[axes: [1], keepDims: true]`.
  public var text: String {
    let attributes = Mirror(reflecting: self).children.compactMap { child in
      // Graphs take lines of their own.
      child.value is any GraphAttribute
        ? nil : "\(child.label ?? ""): \(child.value)"
    }
    return attributes.isEmpty
      ? Self.name : "\(Self.name)[\(attributes.joined(separator: ", "))]"
  }
}
