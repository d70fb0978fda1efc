/// Puts a ReLU behind a matrix product or a convolution into the product's kernel, where it costs
/// nothing. The product rectifies before it rounds to a 16-bit float, which gives the same bits.
///
/// Other functions of a product are loops, for ``FuseEpilogues``.
public struct RectifyProducts: Pass {
  public let name = "rectified products"

  /// The pass, which has no settings.
  public init() {}

  public func run(_ graph: Graph, _ context: PassContext) throws(ShapeError) -> PassResult {
    let uses = graph.useCounts
    return try graph.replacingNodes { node, draft throws(ShapeError) in
      guard case .operation(let op) = node.kind, op is ReLU, uses[node.inputs[0], default: 0] == 1,
        let product = product(graph.nodes[node.inputs[0].node])
      else { return nil }
      // The product itself is dead now.
      let operands = graph.nodes[node.inputs[0].node].inputs.map(draft.value)
      return try draft.add(product, operands, like: node)
    }
  }

  private func product(_ node: Graph.Node) -> RectifiedProduct? {
    guard case .operation(let op) = node.kind, node.types[0].dtype.isFloatingPoint else {
      return nil
    }
    switch op {
    case is MatMul: return RectifiedProduct(product: .matMul)
    case is Linear: return RectifiedProduct(product: .linear)
    case let op as Convolution: return RectifiedProduct(product: .convolution(op))
    default: return nil
    }
  }
}

extension Graph {
  /// How often each value is used, as a result too.
  var useCounts: [Value: Int] {
    var counts: [Value: Int] = [:]
    for node in nodes { for input in node.inputs { counts[input, default: 0] += 1 } }
    for output in outputs { counts[output, default: 0] += 1 }
    return counts
  }
}
