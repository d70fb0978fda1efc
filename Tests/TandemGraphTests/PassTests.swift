import TandemGraph
import Testing

/// Each pass on a graph of its own, before and after written out.
@Suite struct PassTests {
  private func check(
    _ pass: any Pass, _ graph: Graph, before: String, after: String, numbers: Set<Int> = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(graph.description == before, sourceLocation: sourceLocation)
    let forms = graph.inputs.indices.map { index -> InputForm in
      let shape = graph.nodes[graph.inputs[index]].types[0].shape
      return numbers.contains(index) ? .number : .array(Layout(shape))
    }
    let compiler = GraphCompiler(options: CompilerOptions(isVerifying: true), pipeline: [pass])
    let compilation = try compiler.compile(
      graph, inputs: forms, donations: graph.outputs.map { _ in nil })
    #expect(compilation.graph.description == after, sourceLocation: sourceLocation)
  }

  @Test func deadNodesGoAndInputsStay() throws {
    let builder = GraphBuilder()
    let (x, y) = (builder.input(.float32([2])), builder.input(.float32([2])))
    _ = x.exp()
    try check(
      EliminateDeadNodes(), builder.graph(outputs: [-y]),
      before: """
        %0 = input 0: float32[2]
        %1 = input 1: float32[2]
        %2 = exp(%0): float32[2]
        %3 = negate(%1): float32[2]
        return %3
        """,
      after: """
        %0 = input 0: float32[2]
        %1 = input 1: float32[2]
        %2 = negate(%1): float32[2]
        return %2
        """)
  }

  @Test func poolingComesBeforeReLU() throws {
    let builder = GraphBuilder()
    let geometry = PoolGeometry(window: [2])
    let x = builder.input(.float32([1, 1, 4]))
    let y = x.relu()
    let pooled = try builder.add(MaxPool(geometry), [y])[0]
    let slope = try builder.add(MaxPoolGradient(geometry), [pooled, y])[0]
    let dx = try builder.add(ReLUGradient(), [slope, y])[0]
    func after(_ outputs: [Symbol]) throws -> [String] {
      let graph = builder.graph(outputs: outputs)
      let compiler = GraphCompiler(
        options: CompilerOptions(isVerifying: true),
        pipeline: [PoolBeforeReLU(), EliminateDeadNodes()])
      return try compiler.compile(
        graph, inputs: [Layout([1, 1, 4])], donations: outputs.map { _ in nil }
      ).graph.nodes.compactMap { node in
        if case .operation(let op) = node.kind { type(of: op).name } else { nil }
      }
    }
    #expect(try after([pooled, dx]) == ["maxPool", "relu", "reluGradient", "maxPoolGradient"])
    // What the ReLU gives is wanted elsewhere, too.
    #expect(
      try after([pooled, dx, y]) == ["relu", "maxPool", "maxPoolGradient", "reluGradient"])
  }

  @Test func equalNodesBecomeOneAndDrawsDoNot() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([2]))
    let key = (0..<3).map { builder.constant(ScalarValue($0, .uint64)) }
    func draw() -> Symbol {
      .random(
        .uniform(low: 0, high: 1), [2], dtype: .float32, seed: key[0], stream: key[1],
        tick: key[2])
    }
    try check(
      MergeEqualNodes(),
      builder.graph(outputs: [x.exp() * 2, x.exp() * 2, draw(), draw()]),
      before: """
        %0 = input 0: float32[2]
        %1 = constant 0: uint64[]
        %2 = constant 1: uint64[]
        %3 = constant 2: uint64[]
        %4 = exp(%0): float32[2]
        %5 = constant 2.0: float32[]
        %6 = multiply(%4, %5): float32[2]
        %7 = exp(%0): float32[2]
        %8 = constant 2.0: float32[]
        %9 = multiply(%7, %8): float32[2]
        %10 = random[distribution: uniform(low: 0.0, high: 1.0), shape: [2], dtype: float32]\
        (%1, %2, %3): float32[2]
        %11 = random[distribution: uniform(low: 0.0, high: 1.0), shape: [2], dtype: float32]\
        (%1, %2, %3): float32[2]
        return %6, %9, %10, %11
        """,
      after: """
        %0 = input 0: float32[2]
        %1 = constant 0: uint64[]
        %2 = constant 1: uint64[]
        %3 = constant 2: uint64[]
        %4 = exp(%0): float32[2]
        %5 = constant 2.0: float32[]
        %6 = multiply(%4, %5): float32[2]
        %7 = random[distribution: uniform(low: 0.0, high: 1.0), shape: [2], dtype: float32]\
        (%1, %2, %3): float32[2]
        %8 = random[distribution: uniform(low: 0.0, high: 1.0), shape: [2], dtype: float32]\
        (%1, %2, %3): float32[2]
        return %6, %6, %7, %8
        """)
  }

  @Test func constantsAreFolded() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([2, 2]))
    let half = builder.constant(ScalarValue(3, .float32)) / 6
    let row = Symbol.apply(Full(shape: [2]), half, at: .unknown)
    try check(
      FoldConstants(), builder.graph(outputs: [x * half, x + row]),
      before: """
        %0 = input 0: float32[2, 2]
        %1 = constant 3.0: float32[]
        %2 = constant 6.0: float32[]
        %3 = divide(%1, %2): float32[]
        %4 = full[shape: [2]](%3): float32[2]
        %5 = multiply(%0, %3): float32[2, 2]
        %6 = add(%0, %4): float32[2, 2]
        return %5, %6
        """,
      after: """
        %0 = input 0: float32[2, 2]
        %1 = constant 3.0: float32[]
        %2 = constant 6.0: float32[]
        %3 = constant 0.5: float32[]
        %4 = literal[type: float32[2], bytes: [0, 0, 0, 63, 0, 0, 0, 63]](): float32[2]
        %5 = multiply(%0, %3): float32[2, 2]
        %6 = add(%0, %4): float32[2, 2]
        return %5, %6
        """)
  }

  @Test func aReLUGoesIntoTheProduct() throws {
    let builder = GraphBuilder()
    let (x, w) = (builder.input(.float32([4, 3])), builder.input(.float32([5, 3])))
    let b = builder.input(.float32([5]))
    let shared = x.matmul(w.matrixTransposed())
    try check(
      RectifyProducts(),
      builder.graph(outputs: [x.linear(w, bias: b).relu(), shared.relu(), shared]),
      before: """
        %0 = input 0: float32[4, 3]
        %1 = input 1: float32[5, 3]
        %2 = input 2: float32[5]
        %3 = transposed[order: [1, 0]](%1): float32[3, 5]
        %4 = matmul(%0, %3): float32[4, 5]
        %5 = linear(%0, %1, %2): float32[4, 5]
        %6 = relu(%5): float32[4, 5]
        %7 = relu(%4): float32[4, 5]
        return %6, %7, %4
        """,
      after: """
        %0 = input 0: float32[4, 3]
        %1 = input 1: float32[5, 3]
        %2 = input 2: float32[5]
        %3 = transposed[order: [1, 0]](%1): float32[3, 5]
        %4 = matmul(%0, %3): float32[4, 5]
        %5 = linear(%0, %1, %2): float32[4, 5]
        %6 = rectified[of: linear+relu](%0, %1, %2): float32[4, 5]
        %7 = relu(%4): float32[4, 5]
        return %6, %7, %4
        """)
  }

  @Test func loopsReadPastViewsAndTakeNumbers() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([2, 3]))
    let ones = Symbol.apply(
      Full(shape: [3, 2]), builder.constant(ScalarValue(1, .float32)), at: .unknown)
    try check(
      ExpressLoops(), builder.graph(outputs: [x.transposed() + ones, x.mean(axis: 0)]),
      before: """
        %0 = input 0: float32[2, 3]
        %1 = constant 1.0: float32[]
        %2 = full[shape: [3, 2]](%1): float32[3, 2]
        %3 = transposed[order: [1, 0]](%0): float32[3, 2]
        %4 = add(%3, %2): float32[3, 2]
        %5 = mean[axes: [0], keepDims: false](%0): float32[3]
        return %4, %5
        """,
      after: """
        %0 = input 0: float32[2, 3]
        %1 = constant 1.0: float32[]
        %2 = full[shape: [3, 2]](%1): float32[3, 2]
        %3 = transposed[order: [1, 0]](%0): float32[3, 2]
        %4 = loop[of: add](%0, %1): float32[3, 2]
        %5 = loop[of: mean](%0): float32[1, 3]
        %6 = loop[of: mean](%5): float32[3]
        return %4, %6
        """)
  }

  /// Loops over one iteration space, of which one ends in a sum, become one.
  @Test func loopsOverOneSpaceBecomeOne() throws {
    let builder = GraphBuilder()
    let (x, b) = (builder.input(.float32([4, 3])), builder.input(.float32([3])))
    let y = (x + b).tanh()
    let graph = builder.graph(outputs: [y, (y * x).sum(axis: 0)])
    let expressed = try ExpressLoops().run(graph, inputs: 2)
    try check(
      FuseLoops(), expressed,
      before: """
        %0 = input 0: float32[4, 3]
        %1 = input 1: float32[3]
        %2 = loop[of: add](%0, %1): float32[4, 3]
        %3 = loop[of: tanh](%2): float32[4, 3]
        %4 = loop[of: multiply](%3, %0): float32[4, 3]
        %5 = loop[of: sum](%4): float32[3]
        return %3, %5
        """,
      after: """
        %0 = input 0: float32[4, 3]
        %1 = input 1: float32[3]
        %2 = loop[of: add+tanh+multiply+sum](%0, %1): float32[4, 3], float32[3]
        return %2.0, %2.1
        """)
  }

  /// A loop may not be fused with what reads it if something else stands between the two.
  @Test func loopsAreNotFusedAroundOthers() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([3, 3]))
    let y = x.exp()
    let graph = builder.graph(outputs: [y + y.matmul(y)])
    let expressed = try ExpressLoops().run(graph, inputs: 1)
    let text = """
      %0 = input 0: float32[3, 3]
      %1 = loop[of: exp](%0): float32[3, 3]
      %2 = matmul(%1, %1): float32[3, 3]
      %3 = loop[of: add](%1, %2): float32[3, 3]
      return %3
      """
    try check(FuseLoops(), expressed, before: text, after: text)
  }

  @Test func loopsOverTheSameRowsBecomeOneOperator() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([8, 64]))
    let shifted = x - x.max(axis: 1, keepDims: true)
    let graph = builder.graph(outputs: [shifted.exp() / shifted.exp().sum(axis: 1, keepDims: true)])
    let expressed = try ExpressLoops().run(graph, inputs: 1)
    let fused = try FuseLoops().run(expressed, inputs: 1)
    try check(
      FuseRows(), fused,
      before: """
        %0 = input 0: float32[8, 64]
        %1 = loop[of: max](%0): float32[8, 1]
        %2 = loop[of: subtract+exp+sum](%0, %1): float32[8, 64], float32[8, 1]
        %3 = loop[of: divide](%2.0, %2.1): float32[8, 64]
        return %3
        """,
      after: """
        %0 = input 0: float32[8, 64]
        %1 = rows[of: max+subtract+exp+sum+divide](%0): float32[8, 64]
        return %1
        """)
  }

  @Test func poolingOfNothingStaysBehindReLU() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([1, 1, 0]))
    let pool = MaxPool(PoolGeometry(window: [2], paddingBegin: [1]))
    let graph = builder.graph(outputs: [try builder.add(pool, [x.relu()])[0]])
    let compilation = try GraphCompiler(
      options: CompilerOptions(isVerifying: true), pipeline: [PoolBeforeReLU()]
    ).compile(graph, inputs: [Layout([1, 1, 0])], donations: [nil])
    #expect(compilation.graph.description == graph.description)
  }
}

extension Pass {
  /// The graph after this pass, for inputs that are dense arrays.
  func run(_ graph: Graph, inputs: Int) throws -> Graph {
    try GraphCompiler(options: CompilerOptions(isVerifying: true), pipeline: [self]).compile(
      graph,
      inputs: graph.inputs.map { .array(Layout(graph.nodes[$0].types[0].shape)) },
      donations: graph.outputs.map { _ in nil }
    ).graph
  }
}
