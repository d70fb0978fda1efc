import TandemGraph
import TestSupport
import Testing

/// Rewrites of fast mode: what they make, that exact mode leaves them out, and their error.
@Suite struct FastRewriteTests {
  private func arguments(_ graph: Graph) -> [OneByOne.Argument] {
    var random = SplitMix(seed: 11)
    return OneByOne.arguments(graph, &random)
  }

  private func compile(_ graph: Graph, _ mode: CompilerOptions.Mode) throws -> Compilation {
    try GraphCompiler(options: CompilerOptions(mode: mode, isVerifying: true)).compile(
      graph, inputs: graph.inputs.map { Layout(graph.nodes[$0].types[0].shape) },
      donations: graph.outputs.map { _ in nil })
  }

  /// The plan of a pipeline that a fault was planted in.
  private func faulty(_ graph: Graph, _ pipeline: [any Pass]) throws -> Plan {
    try GraphCompiler(options: CompilerOptions(mode: .fast), pipeline: pipeline).compile(
      graph, inputs: graph.inputs.map { Layout(graph.nodes[$0].types[0].shape) }, donations: [nil]
    ).plan
  }

  private func floats(_ bytes: [UInt8]) -> [Float] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
  }

  /// A convolution, then a normalisation by given statistics, and its inputs without signs: the sum
  /// of what is rounded.
  private func normalised(
    _ builder: GraphBuilder, isAbsolute: Bool = false
  ) -> Graph {
    let x = builder.input(.float32([2, 3, 32, 32]))
    let w = builder.input(.float32([8, 3, 3, 3]))
    let factors = (0..<4).map { _ in builder.input(.float32([8])) }
    func size(_ x: Symbol) -> Symbol { isAbsolute ? x.abs() : x }
    let (scale, bias) = (size(factors[0]), size(factors[1]))
    let mean = isAbsolute ? -factors[2].abs() : factors[2]
    let variance = factors[3] * factors[3]
    let y = size(x).convolution(size(w)).batchNormalization(
      scale: scale, bias: bias, mean: mean, variance: variance)
    return builder.graph(outputs: [y])
  }

  @Test func normalisationGoesIntoFilters() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([2, 3, 32, 32]))
    let w = builder.input(.float32([8, 3, 3, 3]))
    let f = (0..<4).map { _ in builder.input(.float32([8])) }
    let y = x.convolution(w, bias: f[1]).batchNormalization(
      scale: f[0], bias: f[1], mean: f[2], variance: f[3])
    let graph = builder.graph(outputs: [y])
    let folded = try GraphCompiler(
      options: CompilerOptions(mode: .fast, isVerifying: true), pipeline: [FoldNormalization()]
    ).compile(
      graph, inputs: graph.inputs.map { Layout(graph.nodes[$0].types[0].shape) },
      donations: [nil])
    let text = try EliminateDeadNodes().run(folded.graph, inputs: 6).description
    #expect(
      text == """
        %0 = input 0: float32[2, 3, 32, 32]
        %1 = input 1: float32[8, 3, 3, 3]
        %2 = input 2: float32[8]
        %3 = input 3: float32[8]
        %4 = input 4: float32[8]
        %5 = input 5: float32[8]
        %6 = constant 9.999999747378752e-06: float32[]
        %7 = add(%5, %6): float32[8]
        %8 = sqrt(%7): float32[8]
        %9 = divide(%2, %8): float32[8]
        %10 = reshaped[shape: [8, 1, 1, 1]](%9): float32[8, 1, 1, 1]
        %11 = multiply(%1, %10): float32[8, 3, 3, 3]
        %12 = subtract(%4, %3): float32[8]
        %13 = multiply(%12, %9): float32[8]
        %14 = subtract(%3, %13): float32[8]
        %15 = convolution[geometry: \(geometryText)](%0, %11, %14): float32[2, 8, 30, 30]
        return %15
        """, "\(text)")
  }

  private var geometryText: String {
    "ConvolutionGeometry(stride: [1, 1], paddingBegin: [0, 0], paddingEnd: [0, 0], "
      + "dilation: [1, 1], groups: 1)"
  }

  /// How far a plan's result is from the exact one, in units in the last place of the sum of the
  /// sizes of all that is added; the largest.
  private func error(of plan: Plan, _ graph: Graph) throws -> Float {
    let arguments = arguments(graph)
    var random = SplitMix(seed: 1)
    let exact = floats(try OneByOne.run(graph, arguments)[0])
    let found = floats(try PlanRun.run(plan, arguments, order: &random)[0])
    let sizes = floats(
      try OneByOne.run(normalised(GraphBuilder(), isAbsolute: true), arguments)[0])
    return exact.indices.reduce(0) { worst, index in
      max(worst, (exact[index] - found[index]).magnitude / (0x1p-24 * sizes[index]))
    }
  }

  @Test func theErrorOfFoldingIsBounded() throws {
    let graph = normalised(GraphBuilder())
    let (exact, fast) = (try compile(graph, .exact), try compile(graph, .fast))
    #expect(exact.report.passes.allSatisfy { $0.name != FoldNormalization().name })
    #expect(fast.report.passes.contains { $0.name == FoldNormalization().name })
    #expect(try error(of: exact.plan, graph) == 0)
    let worst = try error(of: fast.plan, graph)
    #expect(worst > 0 && worst <= 32)
  }

  /// A value mistaken for another after any of the passes that change bits leaves the bound.
  @Test(arguments: Array(Set(standardPipeline.filter { !$0.keepsBits }.map(\.name))))
  func aValueMistakenAfter(_ name: String) throws {
    let graph = normalised(GraphBuilder())
    let pipeline = standardPipeline.map { pass -> any Pass in
      pass.name == name ? DamagedPass(pass) : pass
    }
    #expect(try error(of: faulty(graph, pipeline), graph) > 32)
  }

  /// A fault in the rewrite leaves the bound.
  @Test func aWrongFactorIsCaught() throws {
    let graph = normalised(GraphBuilder())
    let pipeline = standardPipeline.flatMap { pass -> [any Pass] in
      pass is FoldNormalization
        ? [pass, ReplaceOperators { $0 is SquareRoot ? Square() : nil }] : [pass]
    }
    #expect(try error(of: faulty(graph, pipeline), graph) > 32)
  }

  /// Large weights would cost more than they save.
  @Test func largeWeightsStay() throws {
    let builder = GraphBuilder()
    let (x, w) = (builder.input(.float32([1, 64, 4, 4])), builder.input(.float32([64, 64, 1, 1])))
    let f = (0..<4).map { _ in builder.input(.float32([64])) }
    let y = x.convolution(w).batchNormalization(
      scale: f[0], bias: f[1], mean: f[2], variance: f[3])
    let compilation = try compile(builder.graph(outputs: [y]), .fast)
    let record = compilation.report.passes.first { $0.name == FoldNormalization().name }
    #expect(record?.changeCount == 0)
  }
}
