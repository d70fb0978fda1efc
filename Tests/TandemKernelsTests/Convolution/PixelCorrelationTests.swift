import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

@Suite("correlations over pixels")
struct PixelCorrelationTests {
  /// A convolution with the same stride, padding and dilation along both axes.
  struct Case: CustomTestStringConvertible {
    let x: [Int]
    let w: [Int]
    var stride = 1
    var padding = 1
    var dilation = 1
    var groups = 1

    var testDescription: String {
      "\(x) \(w) /\(stride) +\(padding) *\(dilation) \(groups) groups"
    }

    func geometry() throws -> ConvolutionGeometry {
      let axes = x.count - 2
      func list(_ value: Int) -> Shape { Shape(Array(repeating: value, count: axes)) }
      return try ConvolutionGeometry(
        stride: list(stride), paddingBegin: list(padding), paddingEnd: list(padding),
        dilation: list(dilation), groups: groups)
    }
  }

  static let cases = [
    // Channels in two parts of different size; lines shorter and longer than a register.
    Case(x: [2, 37, 9, 11], w: [32, 37, 3, 3]), Case(x: [1, 71, 5, 19], w: [31, 71, 3, 3]),
    // Small images, some in each unit, the last unit with fewer.
    Case(x: [43, 16, 5, 5], w: [32, 16, 3, 3]),
    // A stride, whose input gradient has four kinds of positions; two groups; a wide window.
    Case(x: [2, 20, 13, 12], w: [48, 20, 3, 3], stride: 2),
    Case(x: [2, 40, 8, 9], w: [64, 20, 3, 3], groups: 2),
    Case(x: [1, 16, 9, 20], w: [16, 16, 5, 5], padding: 2),
    Case(x: [1, 20, 12, 12], w: [32, 20, 3, 3], stride: 3, padding: 0),
    // Single pixels, more channels than are summed at one time.
    Case(x: [1, 400, 21, 15], w: [32, 400, 1, 1], stride: 2, padding: 0),
    Case(x: [2, 20, 15, 20], w: [32, 20, 1, 1], stride: 2, padding: 0),
    // Rows that look apart, more padding than the window needs, one axis.
    Case(x: [2, 16, 10, 17], w: [16, 16, 3, 1], padding: 2, dilation: 2),
    Case(x: [3, 16, 50], w: [16, 16, 3]), Case(x: [1, 16, 6, 18], w: [16, 16, 2, 2], padding: 3),
  ]

  private func correlation(_ one: Case, level: Int32, random: inout SplitMix) throws
    -> Correlation
  {
    let problem = try ConvolutionProblem(
      try one.geometry(), one.x, one.w, .float32, random: &random)
    let (y, x) = (ImageView(problem.y.operand), ImageView(problem.x.operand))
    let w = WeightView(problem.w.operand)
    return Correlation(
      problem.geometry.forwardAxes(output: y.lengths, kernel: w.lengths), source: x, output: y,
      groups: one.groups,
      weight: (w.start, w.dtype, w.outputStride, w.outputs / one.groups * w.outputStride),
      tapStrides: (w.channelStride, w.strides), bias: nil, level: level)
  }

  @Test("forward and gradients agree with loops in double", arguments: cases)
  func sums(_ one: Case) throws {
    var random = SplitMix(seed: 11)
    for dtype in [DType.float32, .float64, .bfloat16] {
      for last in [false, true] {
        let problem = try ConvolutionProblem(
          try one.geometry(), one.x, one.w, dtype, channelsLast: last, random: &random)
        for level in dtype == .float32 ? levels(dtype) : [tandem_gemm_level()] {
          problem.check(level: level, comment: "\(one.testDescription) \(dtype) \(last)")
        }
      }
    }
  }

  @Test("the cases are computed this way, one with small images together, one in bands")
  func chosen() throws {
    var random = SplitMix(seed: 12)
    for one in PixelCorrelationTests.cases + [Case(x: [1, 64, 44, 21], w: [16, 64, 3, 3])] {
      for level in levels(.float32) {
        let base = try correlation(one, level: level, random: &random)
        let pixels = try #require(PixelCorrelation(base), "\(one.testDescription)")
        if one.x[0] == 43 { #expect(pixels.imagesOfUnit == 9) }
        if one.x[2] == 44 { #expect(pixels.bands > 1) }
        if one.x[1] == 71 { #expect(pixels.channelParts.map(\.count) == [35, 36]) }
      }
    }
  }

  @Test("bands of rows")
  func bands() throws {
    var random = SplitMix(seed: 13)
    let one = Case(x: [1, 64, 44, 21], w: [16, 64, 3, 3])
    let problem = try ConvolutionProblem(
      try one.geometry(), one.x, one.w, .float32, random: &random)
    problem.check(level: tandem_gemm_level(), comment: "bands")
  }

  @Test(
    "channels-last arrays give the same bits",
    arguments: cases + [Case(x: [1, 400, 11, 8], w: [32, 400, 1, 1], padding: 0)])
  func order(_ one: Case) throws {
    let geometry = try one.geometry()
    var results: [[[Double]]] = []
    for last in [false, true] {
      var random = SplitMix(seed: 14)
      let problem = try ConvolutionProblem(
        geometry, one.x, one.w, .float32, channelsLast: last, random: &random)
      for array in [problem.x, problem.w, problem.y] {
        for index in 0..<array.layout.shape.elementCount {
          array.set(index, Double(Float(random.below(2001) - 1000) / 1024))
        }
      }
      let level = tandem_gemm_level()
      let dx = TestMatrix(one.x, .float32, transposed: false, random: &random)
        .viewed(problem.x.layout)
      ConvolutionInputGradient(geometry).run(
        [dx.operand, problem.y.operand, problem.w.operand], level: level, in: .serial)
      ConvolutionForward(geometry).run(
        [problem.y.operand, problem.x.operand, problem.w.operand], level: level, in: .serial)
      results.append([problem.y.values, dx.values])
    }
    #expect(results[0] == results[1])
  }
}
