import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

@Suite("same bits for any number of threads", .serialized)
struct ThreadInvarianceTests {
  /// Runs `body` alone and with two and four threads; each time it returns a result.
  private func expectSame(_ name: Comment, _ body: (ParallelContext) -> [Double]) {
    let alone = body(.serial)
    for threads in [2, 4] {
      let team = WorkerTeam(threads: threads)
      #expect(body(team.context) == alone, "\(threads) threads, \(name)")
      team.shutdown()
    }
  }

  @Test(
    "matrix products",
    arguments: [(130, 200, 300), (20, 26, 9000), (1, 700, 500), (300, 40, 1000), (600, 300, 64)])
  func products(_ m: Int, _ n: Int, _ k: Int) {
    let floats = [DType.float32, .float64, .bfloat16, .float16]
    for dtype in floats + (m == 130 ? [.int32, .uint8] : []) {
      var random = SplitMix(seed: 1)
      let a = TestMatrix([m, k], dtype, transposed: false, random: &random)
      let b = TestMatrix([k, n], dtype, transposed: true, random: &random)
      let c = TestMatrix([m, n], dtype, transposed: false, random: &random)
      expectSame("\(m) \(n) \(k) \(dtype)") { context in
        MatrixProduct().run(
          [c.operand, a.operand, b.operand], level: tandem_gemm_level(), in: context)
        return c.values
      }
    }
  }

  @Test(
    "every way of convolving",
    arguments: [
      ([2, 12, 20, 21], [12, 1, 3, 3], 12), ([6, 30, 7, 7], [64, 30, 3, 3], 1),
      ([1, 20, 41, 30], [24, 20, 1, 1], 1), ([17, 8, 30, 28], [16, 8, 3, 3], 1),
      ([2, 70, 20, 22], [64, 70, 3, 3], 1), ([40, 16, 6, 6], [32, 16, 3, 3], 1),
    ])
  func ways(_ xs: [Int], _ ws: [Int], _ groups: Int) throws {
    let geometry = try ConvolutionGeometry(
      stride: [1, 1], paddingBegin: [0, 0], paddingEnd: [0, 0], dilation: [1, 1], groups: groups)
    for dtype in [DType.float32, .float64, .bfloat16, .float16] {
      var random = SplitMix(seed: 2)
      let problem = try ConvolutionProblem(geometry, xs, ws, dtype, random: &random)
      expectSame(problem)
    }
  }

  /// A convolution and its gradients.
  private func expectSame(_ problem: ConvolutionProblem) {
    let (x, w, y, geometry) = (problem.x, problem.w, problem.y, problem.geometry)
    let (level, dy, dtype) = (tandem_gemm_level(), problem.y.values, problem.x.dtype)
    expectSame("forward \(dtype)") { context in
      ConvolutionForward(geometry).run(
        [y.operand, x.operand, w.operand], level: level, in: context)
      return y.values
    }
    for index in dy.indices { y.set(index, dy[index]) }
    var random = SplitMix(seed: 3)
    let dx = TestMatrix(x.layout.shape.array, dtype, transposed: false, random: &random)
    expectSame("input gradient \(dtype)") { context in
      ConvolutionInputGradient(geometry).run(
        [dx.operand, y.operand, w.operand], level: level, in: context)
      return dx.values
    }
    let dw = TestMatrix(w.layout.shape.array, dtype, transposed: false, random: &random)
    expectSame("weight gradient \(dtype)") { context in
      ConvolutionWeightGradient(geometry).run(
        [dw.operand, x.operand, y.operand], level: level, in: context)
      return dw.values
    }
  }

  @Test("batches")
  func batches() {
    var random = SplitMix(seed: 1)
    let a = TestMatrix([40, 16, 70], .float32, transposed: false, random: &random)
    let b = TestMatrix([40, 70, 33], .float32, transposed: false, random: &random)
    let c = TestMatrix([40, 16, 33], .float32, transposed: false, random: &random)
    expectSame("batch") { context in
      MatrixProduct().run(
        [c.operand, a.operand, b.operand], level: tandem_gemm_level(), in: context)
      return c.values
    }
  }

  @Test("convolutions", arguments: [1, 3, 20])
  func convolutions(_ images: Int) throws {
    let geometry = try ConvolutionGeometry(
      stride: [2, 1], paddingBegin: [1, 1], paddingEnd: [1, 0], dilation: [1, 1])
    for dtype in [DType.float32, .float64, .bfloat16, .float16] {
      var random = SplitMix(seed: 1)
      expectSame(
        try ConvolutionProblem(
          geometry, [images, 6, 17, 40], [10, 6, 3, 3], dtype, random: &random))
    }
  }
}
