import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

@Suite("convolution")
struct ConvolutionTests {
  @Test("forward and both gradients agree with loops in double", arguments: 1...120)
  func random(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let dtype = [DType.float32, .float64, .bfloat16, .float16][random.below(4)]
    let level = levels(.float32)[random.below(levels(.float32).count)]
    let problem = try ConvolutionProblem(dtype, random: &random)
    problem.check(level: level, comment: "seed \(seed)")
  }

  @Test("shapes of small networks", arguments: [DType.float32, .float64])
  func networks(_ dtype: DType) throws {
    var random = SplitMix(seed: 1)
    for (x, w, padding) in [
      ([9, 1, 28, 28], [20, 1, 5, 5], 0), ([2, 20, 12, 12], [50, 20, 5, 5], 0),
      ([1, 16, 14, 14], [24, 16, 3, 3], 1), ([3, 70, 5, 5], [10, 70, 1, 1], 0),
    ] {
      let geometry = try ConvolutionGeometry(
        stride: [1, 1], paddingBegin: [padding, padding], paddingEnd: [padding, padding],
        dilation: [1, 1])
      let problem = try ConvolutionProblem(geometry, x, w, dtype, random: &random)
      for level in levels(dtype) { problem.check(level: level, comment: "\(x) \(w)") }
    }
  }

  @Test("every way of computing", arguments: [DType.float32, .float64, .bfloat16])
  func ways(_ dtype: DType) throws {
    var random = SplitMix(seed: 4)
    for one in ConvolutionWaysTests.cases {
      for last in [false, true] {
        let problem = try ConvolutionProblem(
          try one.geometry(), one.x, one.w, dtype, channelsLast: last, random: &random)
        for level in dtype == .float32 ? levels(dtype) : [tandem_gemm_level()] {
          problem.check(level: level, comment: "\(one.testDescription) \(last)")
        }
      }
    }
  }

  @Test(
    "strides and few channels: the input gradient is scattered",
    arguments: [DType.float32, .float64, .bfloat16])
  func scattered(_ dtype: DType) throws {
    var random = SplitMix(seed: 7)
    for (x, w, stride, begin, end, dilation, groups) in [
      // Few channels; a window that misses the last rows; one image with many channels.
      ([9, 3, 17, 40], [16, 3, 5, 5], 1, 2, 1, 1, 1),
      ([2, 3, 23, 31], [20, 3, 7, 7], 2, 3, 3, 1, 1),
      ([1, 40, 34, 37], [9, 40, 3, 3], 3, 0, 0, 1, 1),
      ([3, 8, 15, 15], [32, 4, 3, 3], 2, 1, 0, 2, 2),
      // Outputs in two depths of k; a kernel of one with gaps between what it reads.
      ([1, 2, 9, 9], [400, 2, 3, 3], 2, 1, 1, 1, 1),
      ([2, 16, 10, 11], [24, 16, 1, 1], 2, 0, 0, 1, 1),
    ] {
      let geometry = try ConvolutionGeometry(
        stride: [stride, stride], paddingBegin: [begin, begin], paddingEnd: [end, end],
        dilation: [dilation, dilation], groups: groups)
      for last in [false, true] {
        let problem = try ConvolutionProblem(
          geometry, x, w, dtype, channelsLast: last, random: &random)
        for level in levels(dtype) { problem.check(level: level, comment: "\(x) \(w) \(last)") }
      }
    }
  }

  @Test("gradients are adjoint to the convolution", arguments: 100..<130)
  func adjoint(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let problem = try ConvolutionProblem(.float64, random: &random)
    let dy = TestMatrix(problem.y.layout.shape.array, .float64, transposed: false, random: &random)
    let (x, w, y) = (problem.x, problem.w, problem.y)
    let dx = TestMatrix(x.layout.shape.array, .float64, transposed: false, random: &random)
    let dw = TestMatrix(w.layout.shape.array, .float64, transposed: false, random: &random)
    try ConvolutionForward(problem.geometry).run(
      [y.operand, x.operand, w.operand], scalars: [], in: .serial)
    try ConvolutionInputGradient(problem.geometry).run(
      [dx.operand, dy.operand, w.operand], scalars: [], in: .serial)
    try ConvolutionWeightGradient(problem.geometry).run(
      [dw.operand, x.operand, dy.operand], scalars: [], in: .serial)
    func dot(_ a: TestMatrix, _ b: TestMatrix) -> Double {
      zip(a.values, b.values).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let (one, two, three) = (dot(y, dy), dot(x, dx), dot(w, dw))
    #expect(abs(one - two) <= 1e-11 * (1 + abs(one)), "seed \(seed)")
    #expect(abs(one - three) <= 1e-11 * (1 + abs(one)), "seed \(seed)")
  }

  @Test("no images give no output and a gradient of zero")
  func empty() throws {
    var random = SplitMix(seed: 1)
    let geometry = try ConvolutionGeometry(
      stride: [1], paddingBegin: [0], paddingEnd: [0], dilation: [1])
    try ConvolutionProblem(geometry, [0, 2, 5], [3, 2, 3], .float32, random: &random)
      .check(level: tandem_gemm_level(), comment: "no images")
  }
}

@Suite("convolution geometry")
struct ConvolutionGeometryTests {
  private func message(_ body: () throws(ShapeError) -> Void) -> String {
    do throws(ShapeError) {
      try body()
      return "nothing thrown"
    } catch { return error.message }
  }

  @Test("gives the output's shape")
  func shapes() throws {
    let geometry = try ConvolutionGeometry(
      stride: [2, 1], paddingBegin: [1, 0], paddingEnd: [2, 0], dilation: [1, 3], groups: 2)
    #expect(try geometry.outputShape(input: [7, 4, 9, 10], weight: [6, 2, 3, 2]) == [7, 6, 5, 7])
  }

  @Test("says what does not fit")
  func complaints() throws {
    #expect(
      message { () throws(ShapeError) in
        _ = try ConvolutionGeometry(
          stride: [1, 0], paddingBegin: [0, 0], paddingEnd: [0, 0], dilation: [1, 1])
      } == "convolution: stride must be positive: [1, 0]")
    #expect(
      message { () throws(ShapeError) in
        _ = try ConvolutionGeometry(
          stride: [1, 1], paddingBegin: [0], paddingEnd: [0, 0], dilation: [1, 1])
      }
        == "convolution: lists differ in length: "
        + "stride [1, 1], padding [0] and [0, 0], dilation [1, 1]"
    )
    let geometry = try ConvolutionGeometry(
      stride: [1], paddingBegin: [0], paddingEnd: [0], dilation: [2], groups: 2)
    #expect(
      message { () throws(ShapeError) in
        _ = try geometry.outputShape(input: [1, 3, 9], weight: [2, 2, 3])
      }
        == "convolution: input has 3 channels but weight wants 2 in each of 2 groups: "
        + "input [1, 3, 9], weight [2, 2, 3]")
    #expect(
      message { () throws(ShapeError) in
        _ = try geometry.outputShape(input: [1, 4, 4], weight: [2, 2, 3])
      }
        == "convolution: window of 5 is longer than the padded axis of 4: input [1, 4, 4], weight "
        + "[2, 2, 3]")
  }
}
