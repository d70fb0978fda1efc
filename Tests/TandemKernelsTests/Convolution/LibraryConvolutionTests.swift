import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Convolutions that oneDNN computes, against loops in double; skipped where it is missing.
@Suite(
  "convolutions by oneDNN",
  .enabled(if: OneDNNConvolution.version != nil, "libdnnl 2 or 3 is not installed"))
struct LibraryConvolutionTests {
  typealias Case = PixelCorrelationTests.Case

  static let cases =
    PixelCorrelationTests.cases + [
      // One filter for each channel, with strides, gaps and windows that are no squares.
      Case(x: [2, 64, 14, 14], w: [64, 1, 3, 3], groups: 64),
      Case(x: [3, 48, 13, 17], w: [48, 1, 3, 3], stride: 2, groups: 48),
      Case(x: [1, 32, 19, 12], w: [32, 1, 5, 3], padding: 2, dilation: 2, groups: 32),
      Case(x: [1, 96, 30, 30], w: [96, 1, 3, 3], groups: 96),
      // Heights that bands do not divide; one picture; many small ones; outputs in parts.
      Case(x: [1, 32, 61, 47], w: [32, 32, 3, 3]), Case(x: [40, 32, 5, 5], w: [64, 32, 3, 3]),
      Case(x: [1, 64, 7, 7], w: [256, 64, 3, 3]),
      Case(x: [2, 24, 20, 20], w: [48, 6, 3, 3], groups: 4),
      Case(x: [1, 3, 40, 40], w: [64, 3, 7, 7], stride: 2, padding: 3),
    ]

  private func problem(_ one: Case, channelsLast: Bool) throws -> ConvolutionProblem {
    var random = SplitMix(seed: 31)
    let problem = try ConvolutionProblem(
      one.geometry(), one.x, one.w, .float32, channelsLast: channelsLast, random: &random)
    for array in [problem.x, problem.w, problem.y, problem.bias] {
      for index in 0..<array.layout.shape.elementCount {
        array.set(index, Double(Float(random.below(2001) - 1000) / 1024))
      }
    }
    return problem
  }

  @Test("forward and gradients agree with loops in double", arguments: cases)
  func sums(_ one: Case) throws {
    for last in [false, true] {
      try problem(one, channelsLast: last).check(
        level: tandem_gemm_level(), library: .wherePossible,
        comment: "\(one.testDescription) \(last)")
    }
  }

  @Test("any shape, stride, padding, gap and memory order", arguments: 1...60)
  func random(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let problem = try ConvolutionProblem(.float32, random: &random)
    problem.check(
      level: tandem_gemm_level(), library: .wherePossible, comment: "seed \(seed)")
  }

  /// Results of all three primitives on so many threads.
  private func results(
    _ problem: ConvolutionProblem, threads: Int, rectifies: Bool = false
  ) -> [[Double]] {
    let team = WorkerTeam(threads: threads)
    defer { team.shutdown() }
    var random = SplitMix(seed: 32)
    func like(_ other: TestMatrix) -> TestMatrix {
      TestMatrix(other.layout.shape.array, .float32, transposed: false, random: &random)
        .viewed(other.layout)
    }
    let (dx, dw, out) = (like(problem.x), like(problem.w), like(problem.y))
    let level = tandem_gemm_level()
    ConvolutionForward(problem.geometry, hasBias: true, rectifies: rectifies).run(
      [out.operand, problem.x.operand, problem.w.operand, problem.bias.operand], level: level,
      library: .wherePossible, in: team.context)
    ConvolutionInputGradient(problem.geometry).run(
      [dx.operand, problem.y.operand, problem.w.operand], level: level, library: .wherePossible,
      in: team.context)
    ConvolutionWeightGradient(problem.geometry).run(
      [dw.operand, problem.x.operand, problem.y.operand], level: level, library: .wherePossible,
      in: team.context)
    return [out.values, dx.values, dw.values]
  }

  @Test("1, 2 and 4 threads and both memory orders give the same bits", arguments: cases)
  func sameBits(_ one: Case) throws {
    let expected = results(try problem(one, channelsLast: false), threads: 1)
    for last in [false, true] {
      for threads in [1, 2, 4] {
        let found = results(try problem(one, channelsLast: last), threads: threads)
        #expect(found == expected, "\(threads) threads, channels last: \(last)")
      }
    }
  }

  @Test("negative results become zero after the bias", arguments: [cases[12], cases[16]])
  func rectified(_ one: Case) throws {
    let problem = try problem(one, channelsLast: false)
    let plain = results(problem, threads: 2)[0]
    #expect(plain.contains { $0 < 0 })
    #expect(results(problem, threads: 2, rectifies: true)[0] == plain.map { max($0, 0) })
  }

  @Test("the cases are computed by the library: it has code for them")
  func chosen() throws {
    for one in LibraryConvolutionTests.cases where one.w[2...].contains(where: { $0 > 1 }) {
      let problem = try problem(one, channelsLast: false)
      let (y, x) = (ImageView(problem.y.operand), ImageView(problem.x.operand))
      let w = WeightView(problem.w.operand)
      let base = Correlation(
        problem.geometry.forwardAxes(output: y.lengths, kernel: w.lengths), source: x, output: y,
        groups: one.groups,
        weight: (w.start, w.dtype, w.outputStride, w.outputs / one.groups * w.outputStride),
        tapStrides: (w.channelStride, w.strides), bias: nil, level: tandem_gemm_level(),
        library: .wherePossible)
      let found = try #require(LibraryCorrelation(base), "\(one.testDescription)")
      #expect(found.run(in: .serial), "\(one.testDescription)")
    }
  }
}
