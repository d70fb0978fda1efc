import TandemGraph
import TestSupport
import Testing

/// Loops behind products, convolutions and normalisations: the bits of the two one by one, by every
/// way in which such kernels compute.
@Suite struct EpilogueTests {
  private static func compiler(limit: Int?) -> GraphCompiler {
    GraphCompiler(
      options: CompilerOptions(memoryLimitBytes: limit, isVerifying: true),
      pipeline: standardPipeline.map { $0 is FuseEpilogues ? FuseEpilogues(.all) : $0 })
  }

  private static let compiler = compiler(limit: nil)

  /// Compiles, checks how many kernels there are and that the loop sees blocks, runs and compares.
  private func check(
    _ graph: Graph, kernels: Int = 1, fused: Int = 1, inputs: [Layout]? = nil,
    donations: [Int?]? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let forms = graph.inputs.indices.map { index -> InputForm in
      .array(inputs?[index] ?? Layout(graph.nodes[graph.inputs[index]].types[0].shape))
    }
    let compilation = try EpilogueTests.compiler.compile(
      graph, inputs: forms, donations: donations ?? graph.outputs.map { _ in nil })
    #expect(
      compilation.report.kernelCountAfter == kernels, "\(compilation.plan)",
      sourceLocation: sourceLocation)
    #expect(
      compilation.plan.operations.count { $0.program.finishesBlocks } == fused,
      "\(compilation.plan)", sourceLocation: sourceLocation)
    var random = SplitMix(seed: 3)
    let arguments = zip(graph.inputs, forms).map { node, form -> OneByOne.Argument in
      guard case .array(let layout) = form else { return .number(ScalarValue(0, .float32)) }
      let array = HostArray(layout, graph.nodes[node].types[0].dtype)
      array.fill(&random)
      return .array(array)
    }
    let expected = try OneByOne.run(graph, arguments)
    let found = try PlanRun.run(compilation.plan, arguments, order: &random)
    #expect(found == expected, sourceLocation: sourceLocation)
  }

  @Test func theLoopGoesBehindTheProduct() throws {
    let builder = GraphBuilder()
    let (x, w) = (builder.input(.float32([64, 48])), builder.input(.float32([96, 48])))
    let (b, r) = (builder.input(.float32([96])), builder.input(.float32([64, 96])))
    let h = x.linear(w, bias: b)
    let graph = try ExpressLoops().run(builder.graph(outputs: [h.gelu() + r, h]), inputs: 4)
    let fused = try FuseLoops(.rows).run(graph, inputs: 4)
    #expect(
      fused.description == """
        %0 = input 0: float32[64, 48]
        %1 = input 1: float32[96, 48]
        %2 = input 2: float32[96]
        %3 = input 3: float32[64, 96]
        %4 = linear(%0, %1, %2): float32[64, 96]
        %5 = loop[of: gelu+add](%4, %3): float32[64, 96]
        return %5, %4
        """)
    #expect(
      try FuseEpilogues(.all).run(fused, inputs: 4).description == """
        %0 = input 0: float32[64, 48]
        %1 = input 1: float32[96, 48]
        %2 = input 2: float32[96]
        %3 = input 3: float32[64, 96]
        %4 = finished[of: linear+gelu+add](%0, %1, %2, %3): float32[64, 96], float32[64, 96]
        return %4.0, %4.1
        """)
  }

  /// Rows that are a batch of sequences: arrays of the loop are seen as the product's rows, too,
  /// and what repeats along rows goes on to repeat.
  @Test func theLoopTakesTheShapeOfTheProduct() throws {
    let builder = GraphBuilder()
    let (x, w) = (builder.input(.float32([64, 48])), builder.input(.float32([48, 96])))
    let (b, r) = (builder.input(.float32([96])), builder.input(.float32([4, 16, 96])))
    let y = x.matmul(w).reshaped([4, 16, 96])
    let graph = builder.graph(outputs: [(y + b).tanh() * r])
    try check(graph)
    // A number for each sequence is no row of the product.
    let each = builder.input(.float32([4, 1, 1]))
    try check(
      builder.graph(outputs: [x.matmul(w).reshaped([4, 16, 96]) * each]), kernels: 2, fused: 0)
    // Somebody else sees the product under the other shape.
    try check(builder.graph(outputs: [y.exp() + r, y]), kernels: 2, fused: 0)
  }

  /// What depends on the result in another way keeps the loop where it is, as do reductions.
  @Test func loopsThatNeedTheWholeStay() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([64, 64]))
    let y = x.matmul(x)
    try check(builder.graph(outputs: [y + y.sum(axis: 0)]), kernels: 2, fused: 0)
    try check(builder.graph(outputs: [y.tanh().sum(axis: 0)]), kernels: 2, fused: 0)
    try check(builder.graph(outputs: [y.transposed() + x.matmul(y)]), kernels: 2)
  }

  /// Under a memory limit, what recomputation may repeat remains a loop.
  @Test func cheapValuesStayLoopsUnderALimit() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([64, 64]))
    let y = x.matmul(x)
    let graph = builder.graph(outputs: [y.tanh(), y])
    for (limit, count) in [(nil, 1), (1 << 30, 2)] as [(Int?, Int)] {
      let compilation = try EpilogueTests.compiler(limit: limit).compile(
        graph, inputs: [Layout([64, 64])], donations: [nil, nil])
      #expect(compilation.report.kernelCountAfter == count)
    }
  }

  /// Without a limit nothing is done; with one what is spared is not in the arena.
  @Test func memoryLimitsAskForEpilogues() throws {
    let builder = GraphBuilder()
    let (x, w) = (builder.input(.float32([64, 64])), builder.input(.float32([64, 64])))
    let graph = builder.graph(outputs: [(x.matmul(w).tanh().matmul(w)).sigmoid()])
    for (limit, kernels) in [(nil, 4), (1 << 30, 2)] as [(Int?, Int)] {
      let compilation = try GraphCompiler(options: CompilerOptions(memoryLimitBytes: limit))
        .compile(graph, inputs: [Layout([64, 64]), Layout([64, 64])], donations: [nil])
      #expect(compilation.report.kernelCountAfter == kernels)
    }
  }

  /// A rectifier is no loop: convolutions, too, have it in their kernels.
  @Test(arguments: [
    [2, 3, 20, 8, 3, 1], [2, 32, 14, 32, 3, 1], [2, 16, 14, 16, 3, 16],
    [3, 64, 7, 48, 1, 1],
  ])
  func rectifiedConvolutions(sizes: [Int]) throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([sizes[0], sizes[1], sizes[2], sizes[2]]))
    let w = builder.input(.float32([sizes[3], sizes[1] / sizes[5], sizes[4], sizes[4]]))
    let b = builder.input(.float32([sizes[3]]))
    let y = x.convolution(w, bias: b, padding: [sizes[4] / 2], groups: sizes[5])
    try check(builder.graph(outputs: [y.relu()]), fused: 0)
  }

  @Test(arguments: [
    [128, 96, 64], [1, 64, 4096], [300, 700, 520], [2100, 40, 70], [64, 5000, 64], [70, 0, 64],
    [8300, 3, 8],
  ])
  func products(sizes: [Int]) throws {
    for dtype in [DType.float32, .float64] {
      let builder = GraphBuilder()
      let x = builder.input(TensorType([sizes[0], sizes[1]], dtype))
      let w = builder.input(TensorType([sizes[1], sizes[2]], dtype))
      let r = builder.input(TensorType([sizes[0], sizes[2]], dtype))
      let b = builder.input(TensorType([sizes[2]], dtype))
      let y = x.matmul(w)
      try check(builder.graph(outputs: [((y + b).sigmoid() * y + r)]))
    }
  }

  @Test func batches() throws {
    let builder = GraphBuilder()
    let (a, b) = (
      builder.input(.float32([3, 5, 40, 24])), builder.input(.float32([3, 5, 24, 56]))
    )
    let (r, w) = (builder.input(.float32([3, 5, 40, 56])), builder.input(.float32([24, 56])))
    try check(builder.graph(outputs: [a.matmul(b).tanh() + r]))
    try check(builder.graph(outputs: [a.matmul(w) * r]))
    // A mask for each item's rows cannot be seen with all rows as one.
    let mask = builder.input(.float32([40, 56]))
    try check(builder.graph(outputs: [a.matmul(b) * mask]), kernels: 2, fused: 0)
  }

  /// Results may lie where an operand of the loop does, not where one of the product does.
  @Test func donatedMemory() throws {
    for donation in 0..<2 {
      let builder = GraphBuilder()
      let (x, r) = (builder.input(.float32([64, 64])), builder.input(.float32([64, 64])))
      let graph = builder.graph(outputs: [x.matmul(x) * 2 + r])
      try check(graph, donations: [donation])
      let compilation = try EpilogueTests.compiler.compile(
        graph, inputs: [Layout([64, 64]), Layout([64, 64])], donations: [donation])
      #expect(compilation.report.refusedDonations == (donation == 0 ? [0] : []))
    }
  }

  /// Images × channels × side, filters, side of the window, groups.
  @Test(arguments: [
    [2, 3, 20, 8, 3, 1], [2, 32, 14, 32, 3, 1], [3, 64, 7, 48, 1, 1], [2, 64, 14, 64, 1, 1],
    [2, 16, 14, 16, 3, 16], [1, 24, 40, 20, 1, 1], [5, 128, 7, 64, 3, 1], [2, 32, 15, 32, 3, 2],
  ])
  func convolutions(sizes: [Int]) throws {
    let (n, c, side, f, window, groups) = (
      sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5]
    )
    for isLast in [false, true] {
      let builder = GraphBuilder()
      let x = builder.input(.float32([n, c, side, side]))
      let w = builder.input(.float32([f, c / groups, window, window]))
      let factor = builder.input(.float32([f]))
      let y = x.convolution(w, padding: [window / 2], groups: groups)
      let r = builder.input(TensorType(y.shape, .float32))
      let scaled = y * factor.reshaped([f, 1, 1])
      func layout(_ shape: Shape) -> Layout {
        isLast && shape.rank == 4 ? .dense(shape, order: [0, 2, 3, 1]) : Layout(shape)
      }
      let graph = builder.graph(outputs: [(scaled + r).relu()])
      let inputs = graph.inputs.map { layout(graph.nodes[$0].types[0].shape) }
      try check(graph, inputs: inputs)
    }
  }

  @Test func gradientsOfConvolutions() throws {
    let builder = GraphBuilder()
    let (y, w) = (
      builder.input(.float32([2, 32, 14, 14])), builder.input(.float32([32, 24, 3, 3]))
    )
    let geometry = try ConvolutionGeometry(
      stride: [1, 1], paddingBegin: [1, 1], paddingEnd: [1, 1], dilation: [1, 1], groups: 1)
    let (r, x) = (
      builder.input(.float32([2, 24, 14, 14])), builder.input(.float32([2, 24, 14, 14]))
    )
    let dx = try builder.add(
      TandemOps.ConvolutionInputGradient(geometry, input: x.shape), [y, w])[0]
    let slope = try builder.add(ReLUGradient(), [dx + r, x])[0]
    try check(builder.graph(outputs: [slope]))
  }

  @Test func normalisedChannels() throws {
    let builder = GraphBuilder()
    let (x, r) = (builder.input(.float32([3, 20, 9, 9])), builder.input(.float32([3, 20, 9, 9])))
    let (g, b) = (builder.input(.float32([20])), builder.input(.float32([20])))
    let (y, mean, variance) = x.batchNormalization(scale: g, bias: b)
    try check(builder.graph(outputs: [(y + r).relu(), mean, variance]))
    // Who reads statistics waits for all of them.
    try check(
      builder.graph(outputs: [y * mean.reshaped([20, 1, 1])]), kernels: 2, fused: 0)
  }
}
