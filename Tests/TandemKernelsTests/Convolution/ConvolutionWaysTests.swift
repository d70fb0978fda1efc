import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// One problem computed by every way that takes it: the values are the same but for rounding.
/// Which way ``Correlation`` takes by itself follows from shapes.
@Suite("ways of convolving")
struct ConvolutionWaysTests {
  enum Way: String {
    case pixels, flattened, bands, filters

    /// The way that a correlation takes.
    init(_ base: Correlation) {
      if PixelCorrelation(base) != nil {
        self = .pixels
      } else if FlattenedCorrelation(base) != nil {
        self = .flattened
      } else {
        self = base.isDepthwise && !base.readsInPlace ? .filters : .bands
      }
    }
  }

  struct Case: CustomTestStringConvertible {
    let x: [Int]
    let w: [Int]
    let stride: Int
    let padding: Int
    let groups: Int
    let way: Way

    init(_ x: [Int], _ w: [Int], _ stride: Int, _ padding: Int, _ groups: Int, _ way: Way) {
      (self.x, self.w, self.stride, self.padding) = (x, w, stride, padding)
      (self.groups, self.way) = (groups, way)
    }

    var testDescription: String { "\(x) \(w) /\(stride) +\(padding) \(groups) groups" }

    func geometry() throws -> ConvolutionGeometry {
      let axes = x.count - 2
      func list(_ value: Int) -> Shape { Shape(Array(repeating: value, count: axes)) }
      return try ConvolutionGeometry(
        stride: list(stride), paddingBegin: list(padding), paddingEnd: list(padding),
        dilation: list(1), groups: groups)
    }
  }

  /// The forward correlation of a problem.
  private func forward(_ problem: ConvolutionProblem, level: Int32) -> Correlation {
    let (y, x) = (ImageView(problem.y.operand), ImageView(problem.x.operand))
    let (w, geometry) = (WeightView(problem.w.operand), problem.geometry)
    return Correlation(
      geometry.forwardAxes(output: y.lengths, kernel: w.lengths), source: x, output: y,
      groups: geometry.groups,
      weight: (w.start, w.dtype, w.outputStride, w.outputs / geometry.groups * w.outputStride),
      tapStrides: (w.channelStride, w.strides), bias: nil, level: level)
  }

  /// One filter for each channel, few large groups, images taken together, windows of one element
  /// that jump, bands of rows, planes, a line longer than what is summed at one time.
  static let cases = [
    Case([2, 6, 19, 37], [6, 1, 3, 3], 1, 1, 6, .filters),
    Case([3, 4, 9, 7], [4, 1, 5, 5], 2, 2, 4, .filters),
    Case([2, 3, 35, 41], [3, 1, 3, 3], 2, 1, 3, .filters),
    Case([3, 5, 40, 80], [5, 1, 3, 3], 2, 1, 5, .filters),
    Case([2, 20, 14, 14], [20, 1, 3, 3], 1, 1, 20, .filters),
    Case([1, 9, 4, 3], [9, 1, 3, 3], 1, 1, 9, .filters),
    Case([1, 8, 12, 12], [8, 4, 3, 3], 1, 1, 2, .bands),
    Case([5, 30, 7, 7], [32, 30, 3, 3], 1, 1, 1, .pixels),
    Case([5, 10, 7, 7], [70, 10, 3, 3], 1, 1, 1, .flattened),
    Case([2, 40, 14, 14], [70, 40, 1, 1], 1, 0, 1, .flattened),
    Case([2, 12, 15, 15], [24, 12, 1, 1], 2, 0, 1, .flattened),
    Case([1, 16, 5, 5], [48, 16, 3, 3], 2, 1, 1, .pixels),
    Case([1, 24, 40, 45], [10, 24, 3, 3], 1, 1, 1, .bands),
    Case([2, 3, 4, 9, 8], [5, 3, 2, 3, 3], 1, 1, 1, .bands),
    Case([1, 2, 700], [3, 2, 5], 1, 2, 1, .bands),
  ]

  @Test("shapes choose the way", arguments: cases)
  func chosen(_ one: Case) throws {
    var random = SplitMix(seed: 4)
    let problem = try ConvolutionProblem(
      try one.geometry(), one.x, one.w, .float32, random: &random)
    for level in levels(.float32) {
      let way = Way(forward(problem, level: level))
      #expect(way == one.way, "\(one.testDescription) at level \(level): \(way)")
    }
  }

  /// The cases of several ways are computed by each of them.
  @Test("one problem, every way", arguments: [DType.float32, .float64, .bfloat16])
  func oneProblem(_ dtype: DType) throws {
    for (x, w, padding) in [
      ([5, 32, 7, 7], [32, 32, 3, 3], 1), ([1, 64, 4, 4], [64, 64, 3, 3], 1),
      ([3, 48, 6, 5], [32, 48, 2, 2], 0),
    ] {
      for last in [false, true] {
        for level in dtype == .float32 ? levels(dtype) : [tandem_gemm_level()] {
          try compare(
            Case(x, w, 1, padding, 1, .pixels), dtype, level: level, channelsLast: last)
        }
      }
    }
  }

  private func compare(
    _ one: Case, _ dtype: DType, level: Int32, channelsLast: Bool
  ) throws {
    var random = SplitMix(seed: 5)
    let problem = try ConvolutionProblem(
      try one.geometry(), one.x, one.w, dtype, channelsLast: channelsLast, random: &random)
    let base = forward(problem, level: level)
    let pixels = try #require(PixelCorrelation(base))
    let flattened = try #require(FlattenedCorrelation(base), "\(one.testDescription)")
    let bands = BandedCorrelation(base)
    let runs: [(String, (ParallelContext) -> Void)] = [
      ("pixels", pixels.run), ("flattened", flattened.run), ("bands", bands.run),
    ]
    var found: [[Double]] = []
    for (name, run) in runs {
      for index in 0..<problem.y.layout.shape.elementCount { problem.y.set(index, .nan) }
      run(.serial)
      found.append(problem.y.values)
      #expect(problem.y.isIntact, "\(name)")
    }
    // Sums of as many products of numbers below one.
    let products = Double(one.w.dropFirst().reduce(1, *))
    let unit = roundoff(dtype == .float64 ? .float64 : .float32)
    let stored = dtype.byteCount == 2 ? 2 * roundoff(dtype) : 0
    for (other, run) in zip(found.dropFirst(), runs.dropFirst()) {
      let isSame = zip(found[0], other).allSatisfy {
        abs($0 - $1) <= 2 * products * products * unit + stored * abs($0)
      }
      #expect(isSame, "\(run.0): \(one.testDescription) \(dtype) at level \(level)")
    }
  }

  /// The gradient of the input scattered, and gathered by correlations.
  @Test(
    "an input gradient that is scattered is the one that is gathered",
    arguments: [DType.float32, .float64, .bfloat16])
  func scattered(_ dtype: DType) throws {
    for (x, w, stride, padding) in [
      ([9, 3, 17, 40], [16, 3, 5, 5], 1, 2), ([2, 3, 23, 31], [20, 3, 7, 7], 2, 3),
      ([1, 40, 34, 37], [9, 40, 3, 3], 3, 0),
    ] {
      let one = Case(x, w, stride, padding, 1, .bands)
      var random = SplitMix(seed: 6)
      let problem = try ConvolutionProblem(try one.geometry(), x, w, dtype, random: &random)
      let level = tandem_gemm_level()
      let scattered = TestMatrix(x, dtype, transposed: false, random: &random)
      let gathered = TestMatrix(x, dtype, transposed: false, random: &random)
      let (dy, weight) = (ImageView(problem.y.operand), WeightView(problem.w.operand))
      let scatter = try #require(
        PatchScatter(
          problem.geometry, dx: ImageView(scattered.operand), dy: dy, weight: weight, level: level))
      scatter.run(in: .serial)
      gather(problem, into: gathered, level: level)
      let products = Double(w[0] * w.dropFirst(2).reduce(1, *))
      let unit = roundoff(dtype == .float64 ? .float64 : .float32)
      let stored = dtype.byteCount == 2 ? 2 * roundoff(dtype) : 0
      let isSame = zip(scattered.values, gathered.values).allSatisfy {
        abs($0 - $1) <= 2 * products * products * unit + stored * abs($0)
      }
      #expect(isSame, "\(one.testDescription) \(dtype)")
      #expect(scattered.isIntact && gathered.isIntact)
    }
  }

  private func gather(_ problem: ConvolutionProblem, into dx: TestMatrix, level: Int32) {
    let (to, dy) = (ImageView(dx.operand), ImageView(problem.y.operand))
    let (w, geometry) = (WeightView(problem.w.operand), problem.geometry)
    for index in 0..<dx.layout.shape.elementCount { dx.set(index, 0) }
    func axes(_ axis: Int) -> [CorrelationAxis] {
      CorrelationAxis.inputGradient(
        input: to.lengths[axis], kernel: w.lengths[axis], geometry, axis - 1)
    }
    for y in axes(1) {
      for x in axes(2) where !y.taps.isEmpty && !x.taps.isEmpty {
        Correlation(
          [.absent, y, x], source: dy, output: to, groups: 1,
          weight: (w.start, w.dtype, w.channelStride, w.outputs * w.outputStride),
          tapStrides: (w.outputStride, w.strides), bias: nil, level: level
        ).run(in: .serial)
      }
    }
  }
}
