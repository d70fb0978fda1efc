import TandemGraph
import Testing

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
}
