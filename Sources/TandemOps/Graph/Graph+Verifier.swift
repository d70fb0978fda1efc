extension Graph {
  /// Checks the invariants of a graph.
  ///
  /// - Throws: `ShapeError` that names the first node that breaks one.
  public func verify() throws(ShapeError) {
    for (index, node) in nodes.enumerated() {
      for input in node.inputs {
        guard input.node < index, input.node >= 0 else {
          throw ShapeError("graph: node %\(index) uses %\(input.node), which is not before it")
        }
        guard nodes[input.node].types.indices.contains(input.output) else {
          throw ShapeError("graph: node %\(index) uses output \(input.output) of %\(input.node)")
        }
      }
      try verifyTypes(of: node, at: index)
    }
    for (position, node) in inputs.enumerated() {
      guard nodes.indices.contains(node), case .input(position) = nodes[node].kind else {
        throw ShapeError("graph: input \(position) is not at node %\(node)")
      }
    }
    for output in outputs {
      guard nodes.indices.contains(output.node),
        nodes[output.node].types.indices.contains(output.output)
      else { throw ShapeError("graph: no value %\(output.node).\(output.output) to return") }
    }
  }

  private func verifyTypes(of node: Node, at index: Int) throws(ShapeError) {
    let expected: TensorTypes
    switch node.kind {
    case .input: return
    case .constant(let value): expected = TensorTypes(TensorType(Shape(), value.dtype))
    case .operation(let op):
      if let control = op as? any SubgraphOp { try verifySubgraphs(of: control, at: index) }
      expected = try op.verifiedOutputTypes(for: TensorTypes(node.inputs.lazy.map(type(of:))))
    }
    guard expected == node.types else {
      throw ShapeError("graph: node %\(index) says \(node.types), its rule says \(expected)")
    }
  }

  private func verifySubgraphs(of op: any SubgraphOp, at index: Int) throws(ShapeError) {
    for (label, body) in op.subgraphs {
      do throws(ShapeError) {
        try body.graph.verify()
      } catch {
        throw ShapeError("\(error.message), in \(label) of node %\(index)")
      }
    }
  }
}
