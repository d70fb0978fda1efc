import TestSupport
import Testing

@testable import TandemGraph

/// Complex numbers as constants of a graph: they fill the memory that their dtype takes.
@Suite struct ComplexConstantTests {
  @Test(arguments: [DType.complex64, .complex128])
  func bytes(dtype: DType) throws {
    #expect(Literal(ScalarValue(2, dtype)).bytes.count == dtype.byteCount)
    let builder = GraphBuilder()
    let two = builder.constant(ScalarValue(2, dtype))
    let graph = builder.graph(outputs: [two.expandingDims(at: 0)])
    var random = SplitMix(seed: 1)
    let plan = try GraphCompiler().compile(graph, inputs: [Layout](), donations: [nil]).plan
    let found = try PlanRun.run(plan, [], order: &random)
    let expected =
      dtype == .complex64
      ? withUnsafeBytes(of: (2, 0) as (Float, Float)) { Array($0) }
      : withUnsafeBytes(of: (2, 0) as (Double, Double)) { Array($0) }
    #expect(found == [expected])
  }
}
