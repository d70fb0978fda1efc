import TandemGraph
import TestSupport
import Testing

/// How many kernels normalisations and their gradients take, and that they keep their bits.
@Suite struct NormalisationTests {
  private func check(
    _ graph: Graph, kernelsAtMost most: Int, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let compilation = try GraphCompiler(options: CompilerOptions(isVerifying: true)).compile(
      graph, inputs: graph.inputs.map { .array(Layout(graph.nodes[$0].types[0].shape)) },
      donations: graph.outputs.map { _ in nil })
    #expect(
      compilation.report.kernelCountAfter <= most, "\(compilation.plan)",
      sourceLocation: sourceLocation)
    var random = SplitMix(seed: 9)
    let arguments = OneByOne.arguments(graph, &random)
    #expect(
      try PlanRun.run(compilation.plan, arguments, order: &random)
        == OneByOne.run(graph, arguments), sourceLocation: sourceLocation)
  }

  /// The normalised elements of `x` and the reciprocal of their deviation, over some axes.
  private func normalised(_ x: Symbol, _ axes: [Int]) -> (hat: Symbol, scale: Symbol) {
    let centred = x - x.mean(axes: axes, keepDims: true)
    let scale = ((centred * centred).mean(axes: axes, keepDims: true) + 1e-5).rsqrt()
    return (centred * scale, scale)
  }

  @Test func softmaxThenLayerNormIsOneKernel() throws {
    let builder = GraphBuilder()
    let (x, g) = (builder.input(.float32([64, 100])), builder.input(.float32([100])))
    let b = builder.input(.float32([100]))
    let y = normalised(x.softmax(), [1]).hat * g + b
    try check(builder.graph(outputs: [y]), kernelsAtMost: 1)
  }

  @Test func batchNormIsOneKernel() throws {
    let builder = GraphBuilder()
    let x = builder.input(.float32([4, 32, 6, 6]))
    let (g, b) = (builder.input(.float32([32, 1, 1])), builder.input(.float32([32, 1, 1])))
    let y = (normalised(x, [0, 2, 3]).hat * g + b).relu()
    try check(builder.graph(outputs: [y]), kernelsAtMost: 1)
  }

  @Test func theGradientOfLayerNormIsTwoOrThree() throws {
    let builder = GraphBuilder()
    let (x, g) = (builder.input(.float32([64, 100])), builder.input(.float32([100])))
    let dy = builder.input(.float32([64, 100]))
    let (hat, scale) = normalised(x, [1])
    let slope = dy * g
    let dx =
      (slope - slope.mean(axis: 1, keepDims: true)
        - hat * (slope * hat).mean(axis: 1, keepDims: true)) * scale
    let sums = [(dy * hat).sum(axis: 0), dy.sum(axis: 0)]
    try check(builder.graph(outputs: [dx] + sums), kernelsAtMost: 3)
  }

  @Test func theGradientOfSoftmaxIsOneKernel() throws {
    let builder = GraphBuilder()
    let (x, dy) = (builder.input(.float32([64, 100])), builder.input(.float32([64, 100])))
    let y = (x * 0.125).softmax()
    let dx = y * (dy - (dy * y).sum(axis: 1, keepDims: true)) * 0.125
    try check(builder.graph(outputs: [dx]), kernelsAtMost: 1)
  }

  /// The operators of layers: one kernel there, one back, and one loop for a rectifier between.
  @Test func normalisationsOfLayers() throws {
    for isRows in [false, true] {
      let builder = GraphBuilder()
      let shape: Shape = isRows ? [64, 32] : [8, 32, 6, 6]
      let (x, r) = (builder.input(.float32(shape)), builder.input(.float32(shape)))
      let (g, b) = (builder.input(.float32([32])), builder.input(.float32([32])))
      let normal =
        isRows
        ? x.layerNormalization(scale: g, bias: b)
        : x.batchNormalization(scale: g, bias: b).result
      let y = (normal + r).relu()
      try check(builder.graph(outputs: [y]), kernelsAtMost: 2)
      let slopes = Symbol.pullback(of: [y], [r], to: [x, g, b, r])
      try check(builder.graph(outputs: slopes.compactMap { $0 }), kernelsAtMost: 4)
    }
  }

  @Test func softmaxOfLayers() throws {
    let builder = GraphBuilder()
    let (x, dy) = (builder.input(.float32([64, 100])), builder.input(.float32([64, 100])))
    for y in [x.softmax(), x.logSoftmax()] {
      try check(builder.graph(outputs: [y]), kernelsAtMost: 1)
      let dx = Symbol.pullback(of: [y], [dy], to: [x])
      try check(builder.graph(outputs: dx.compactMap { $0 }), kernelsAtMost: 2)
    }
  }
}
