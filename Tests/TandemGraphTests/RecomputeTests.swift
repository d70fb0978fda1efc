import Glibc
import TandemGraph
import TestSupport
import Testing

/// Under a memory limit values are computed again, with the same bits and less memory.
@Suite struct RecomputeTests {
  /// A chain of products and smooth functions, and its gradient with respect to the input: the
  /// functions' values are kept from the way there for the way back.
  private static func training(depth: Int) -> Graph {
    let builder = GraphBuilder()
    let x = builder.input(.float32([64, 32]))
    let weights = (0..<depth).map { _ in builder.input(.float32([32, 32])) }
    let masks = (0..<depth).map { index -> Symbol in
      let key = [7, 0, index].map { builder.constant(ScalarValue($0, .uint64)) }
      return Symbol.random(
        .bernoulli(probability: 0.9), [64, 32], dtype: .float32, seed: key[0], stream: key[1],
        tick: key[2])
    }
    var (y, kept): (Symbol, [(Symbol, Symbol)]) = (x, [])
    for index in 0..<depth {
      let h = y.matmul(weights[index])
      y = h.tanh() * masks[index]
      kept.append((h, y))
    }
    var dy = y
    var results: [Symbol] = []
    for index in (0..<depth).reversed() {
      let (h, _) = kept[index]
      let dh = dy * masks[index] * (1 - h.tanh() * h.tanh())
      results.append((index > 0 ? kept[index - 1].1 : x).matrixTransposed().matmul(dh))
      dy = dh.matmul(weights[index].matrixTransposed())
    }
    return builder.graph(outputs: results + [dy])
  }

  private func compile(_ graph: Graph, limit: Int?) throws -> Compilation {
    try GraphCompiler(options: CompilerOptions(memoryLimitBytes: limit, isVerifying: true)).compile(
      graph, inputs: graph.inputs.map { .array(Layout(graph.nodes[$0].types[0].shape)) },
      donations: graph.outputs.map { _ in nil })
  }

  @Test func lessMemoryAndTheSameBits() throws {
    let graph = RecomputeTests.training(depth: 8)
    let free = try compile(graph, limit: nil)
    let tight = try compile(graph, limit: free.report.plannedPeakBytes * 6 / 10)
    #expect(free.report.recomputedCount == 0)
    #expect(tight.report.recomputedCount > 0)
    #expect(tight.report.plannedPeakBytes <= free.report.plannedPeakBytes * 3 / 4)
    var random = SplitMix(seed: 5)
    let arguments = OneByOne.arguments(graph, &random)
    let expected = try OneByOne.run(graph, arguments)
    #expect(try PlanRun.run(free.plan, arguments, order: &random) == expected)
    #expect(try PlanRun.run(tight.plan, arguments, order: &random) == expected)
  }

  /// 300 values, 2,000 with `TANDEM_DEEP=1`, that are all read again in reverse: under a limit
  /// that cannot be met the whole chain goes, and comes back link by link.
  @Test(.timeLimit(.minutes(5)))
  func aLongChainUnderATightLimit() throws {
    let count = getenv("TANDEM_DEEP") != nil ? 2_000 : 300
    let builder = GraphBuilder()
    let x = builder.input(.float32([64]))
    let chain = (0..<count).reduce(into: [x]) { chain, _ in chain.append(chain.last!.sin()) }
    let last = chain.reversed().reduce(x) { $0 * $1 }
    let compilation = try GraphCompiler(
      options: CompilerOptions(memoryLimitBytes: 1), pipeline: [Recompute()]
    ).compile(builder.graph(outputs: [last]), inputs: [Layout([64])], donations: [nil])
    #expect(compilation.report.recomputedCount > count)
    #expect(compilation.report.kernelCountAfter > 3 * count)
  }

  @Test func negativeLimits() throws {
    #expect(throws: ShapeError("compile: negative memory limit: -1 bytes")) {
      _ = try compile(RecomputeTests.training(depth: 1), limit: -1)
    }
  }

  @Test func reportsSayHowOften() throws {
    let tight = try compile(RecomputeTests.training(depth: 4), limit: 1)
    #expect(tight.report.description.contains("recomputed values  \(tight.report.recomputedCount)"))
  }

  /// What a loop stores of a product in another dtype is not the product.
  @Test func aRoundedResultIsNotTheProduct() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([64, 32]))
    let weights = (0..<6).map { _ in builder.input(.float32([32, 32])) }
    var (y, kept): (Symbol, [(Symbol, Symbol)]) = (x, [])
    for weight in weights {
      let product = y.matmul(weight)
      y = product.tanh()
      kept.append((y, product.cast(to: .float16)))
    }
    var dy = y
    for (index, (t, h)) in kept.enumerated().reversed() {
      let dh = dy * (1 - t * t) * h.cast(to: .float32)
      dy = dh.matmul(weights[index].matrixTransposed())
    }
    let graph = builder.graph(outputs: [dy])
    let free = try compile(graph, limit: nil)
    var random = SplitMix(seed: 6)
    let arguments = OneByOne.arguments(graph, &random)
    let expected = try OneByOne.run(graph, arguments)
    for part in [8, 6, 4, 1] {
      let tight = try compile(graph, limit: free.report.plannedPeakBytes * part / 10)
      #expect(try PlanRun.run(tight.plan, arguments, order: &random) == expected)
    }
  }
}
