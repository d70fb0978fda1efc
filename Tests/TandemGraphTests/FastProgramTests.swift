import TandemGraph
import TestSupport
import Testing

/// Random networks in fast mode beside a twin in float64.
///
/// The bound: a sum of `n` products in float32 is off by at most `n + 2` units (2⁻²⁴) of the sum of
/// the sizes of its terms, in whatever order it is added, and a normalisation, folded or not, by at
/// most eight more; what is off is carried on by the sizes of later factors. The sizes are those of
/// the same network on numbers without signs, in float64.
@Suite struct FastProgramTests {
  @Test(arguments: 0..<60 as Range<UInt64>)
  func fastIsNearTheTwin(_ seed: UInt64) throws {
    let network = FastNetwork(seed: seed)
    let single = network.graph(.float32)
    let fast = try GraphCompiler(
      options: CompilerOptions(mode: .fast, isVerifying: true)
    ).compile(
      single, inputs: single.inputs.map { Layout(single.nodes[$0].types[0].shape) },
      donations: [nil])
    let double = network.graph(.float64)
    var random = SplitMix(seed: seed)
    let found = network.numbers(
      try PlanRun.run(fast.plan, network.arguments(.float32), order: &random)[0], .float32)
    let twin = network.numbers(
      try OneByOne.run(double, network.arguments(.float64))[0], .float64)
    let sizes = network.numbers(
      try OneByOne.run(
        network.graph(.float64, isAbsolute: true), network.arguments(.float64))[0], .float64)
    #expect(found.count == twin.count)
    for index in found.indices {
      let error = (found[index] - twin[index]).magnitude
      #expect(
        error <= Double(network.unitCount) * 0x1p-24 * sizes[index] + 1e-30,
        "seed \(seed), element \(index): \(found[index]), twin \(twin[index])")
    }
  }

  /// Most networks have something to fold.
  @Test func networksAreRewritten() throws {
    let count = try (0..<60 as Range<UInt64>).count { seed in
      let graph = FastNetwork(seed: seed).graph(.float32)
      let report = try GraphCompiler(options: CompilerOptions(mode: .fast)).compile(
        graph, inputs: graph.inputs.map { Layout(graph.nodes[$0].types[0].shape) },
        donations: [nil]
      ).report
      return report.passes.contains { $0.name == FoldNormalization().name && $0.changeCount > 0 }
    }
    #expect(count >= 20, "\(count) of 60")
  }
}

/// Convolutions or affine maps, each normalised by given statistics and perhaps rectified.
private struct FastNetwork {
  private struct LayerPlan {
    let channels: Int
    let hasBias: Bool
    let isRectified: Bool
  }

  private let seed: UInt64
  private let isConvolution: Bool
  private let batch: Int
  private let channels: Int
  private let length: Int
  private let layers: [LayerPlan]

  init(seed: UInt64) {
    var random = SplitMix(seed: seed)
    self.seed = seed
    isConvolution = random.below(2) == 0
    (batch, channels, length) = (4 + random.below(20), 1 + random.below(4), 8 + random.below(20))
    layers = (0..<1 + random.below(3)).map { _ in
      LayerPlan(
        channels: 1 + random.below(6), hasBias: random.below(2) == 0,
        isRectified: random.below(2) == 0)
    }
  }

  /// Units that a result may be off.
  var unitCount: Int {
    var (sum, inputs) = (0, channels)
    for layer in layers {
      sum += inputs * (isConvolution ? 3 : 1) + 2 + 8
      inputs = layer.channels
    }
    return sum
  }

  /// - Parameter isAbsolute: whether all is added that is added or subtracted.
  func graph(_ dtype: DType, isAbsolute: Bool = false) -> Graph {
    let builder = GraphBuilder()
    func input(_ shape: Shape) -> Symbol {
      let x = builder.input(TensorType(shape, dtype))
      return isAbsolute ? x.abs() : x
    }
    var x = input(isConvolution ? [batch, channels, length] : [batch * length, channels])
    var inputs = channels
    for layer in layers {
      let weight = input(
        isConvolution ? [layer.channels, inputs, 3] : [layer.channels, inputs])
      let factors = (0..<5).map { _ in input([layer.channels]) }
      let bias = layer.hasBias ? factors[4] : nil
      x =
        isConvolution ? x.convolution(weight, bias: bias) : x.linear(weight, bias: bias)
      x = x.batchNormalization(
        scale: factors[0], bias: factors[1], mean: isAbsolute ? -factors[2] : factors[2],
        variance: factors[3] * factors[3] + 0.25)
      if layer.isRectified { x = x.relu() }
      inputs = layer.channels
    }
    return builder.graph(outputs: [x])
  }

  /// The same float32 numbers as arrays of either dtype.
  func arguments(_ dtype: DType) -> [OneByOne.Argument] {
    var random = SplitMix(seed: seed ^ 0xF00D)
    let graph = graph(dtype)
    return graph.inputs.map { node in
      let shape = graph.nodes[node].types[0].shape
      let array = HostArray(Layout(shape), dtype)
      for index in 0..<shape.elementCount {
        let number = Float(random.uniform() * 2 - 1)
        if dtype == .float32 {
          array.memory.storeBytes(of: number, toByteOffset: 4 * index, as: Float.self)
        } else {
          array.memory.storeBytes(of: Double(number), toByteOffset: 8 * index, as: Double.self)
        }
      }
      return .array(array)
    }
  }

  func numbers(_ bytes: [UInt8], _ dtype: DType) -> [Double] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / dtype.byteCount).map { index in
        dtype == .float32
          ? Double(bytes.loadUnaligned(fromByteOffset: 4 * index, as: Float.self))
          : bytes.loadUnaligned(fromByteOffset: 8 * index, as: Double.self)
      }
    }
  }
}
