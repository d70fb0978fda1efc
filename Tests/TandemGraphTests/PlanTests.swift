import Testing

@testable import TandemGraph

/// Plans of small graphs, written out.
@Suite struct PlanTests {
  @Test func anOperatorIsAnOperation() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([2, 3]))
    let graph = builder.graph(outputs: [(x.transposed() * 2).exp()])
    let compilation = try GraphCompiler(
      options: CompilerOptions(isVerifying: true), pipeline: []
    ).compile(graph, inputs: [Layout([2, 3])], donations: [nil])
    #expect(
      compilation.plan.description == """
        output0 = multiply(input0, 2.0)
        output0 = exp(output0)
        return fresh output0
        arena 0 bytes
        """)
  }

  /// Chains as long as these take minutes if something looks back from each node.
  @Test func theOrderOfALongChain() {
    let builder = GraphBuilder()
    var x = builder.input(.float32([2, 3]))
    let weight = builder.input(.float32([2, 3]))
    for step in 0..<50_000 {
      x = step % 3 == 0 ? x + weight : x.expandingDims(at: 0).squeezed(axes: [0])
    }
    let graph = builder.graph(outputs: [x, weight + 1])
    let order = NodeOrder(graph, donations: [nil, 1]).nodes
    #expect(order.count == graph.nodes.count)
    // The new weight is written when nobody reads the old one any more.
    #expect(order.last == graph.outputs[1].node || order.suffix(3).contains(graph.outputs[1].node))
    #expect(Set(order).count == order.count)
  }
}
