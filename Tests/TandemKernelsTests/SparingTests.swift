import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Kernels that were told to take little memory for themselves give the same bits, and take less.
@Suite struct SparingTests {
  @Test("products", arguments: [DType.float32, .bfloat16, .float64], [false, true])
  func products(_ dtype: DType, _ isTransposed: Bool) throws {
    for (m, n, k) in [
      (300, 500, 900), (700, 70, 1500), (2, 900, 1100), (257, 1, 800), (90, 65, 64),
    ] {
      var random = SplitMix(seed: UInt64(m + k))
      let a = TestMatrix([m, k], dtype, transposed: isTransposed, random: &random)
      let b = TestMatrix([k, n], dtype, transposed: false, random: &random)
      // A transposed result, as one of 16 bits, is not written by the kernel itself.
      let results = (0..<2).map { _ in
        TestMatrix([m, n], dtype, transposed: isTransposed, random: &random)
      }
      let operands = results.map { [$0.operand, a.operand, b.operand] }
      let sparing = MatrixProduct().sparing(workspaceMax: 256 << 10)
      try MatrixProduct().run(operands[0], scalars: [], in: .serial)
      try sparing.run(operands[1], scalars: [], in: .serial)
      #expect(results[0].values == results[1].values, "\(m) × \(n) × \(k)")
      let layouts = operands[0].map { ($0.layout, $0.dtype) }
      let (whole, less) = (
        MatrixProduct().workspaceBytes(layouts), sparing.workspaceBytes(layouts)
      )
      #expect(less <= whole)
      if m == 300 { #expect(less * 2 < whole, "\(less) of \(whole) bytes") }
    }
  }

  @Test("gradients of weights", arguments: 0..<60 as Range<UInt64>)
  func weightGradients(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let problem = try ConvolutionProblem([.float32, .bfloat16][random.below(2)], random: &random)
    let results = (0..<2).map { _ in
      TestMatrix(
        problem.w.operand.shape.array, problem.w.operand.dtype, transposed: false, random: &random)
    }
    let gradient = ConvolutionWeightGradient(problem.geometry)
    for (result, primitive) in zip(results, [gradient, gradient.sparing(workspaceMax: 1)]) {
      try primitive.run(
        [result.operand, problem.x.operand, problem.y.operand], scalars: [], in: .serial)
    }
    #expect(results[0].values == results[1].values)
  }

  @Test("gradients of weights over many images take less")
  func manyImages() throws {
    var random = SplitMix(seed: 1)
    let geometry = try ConvolutionGeometry(
      stride: [1, 1], paddingBegin: [0, 0], paddingEnd: [0, 0], dilation: [1, 1], groups: 1)
    let problem = try ConvolutionProblem(
      geometry, [64, 20, 12, 12], [50, 20, 5, 5], .float32, random: &random)
    let layouts = [problem.w, problem.x, problem.y].map { ($0.operand.layout, $0.operand.dtype) }
    let gradient = ConvolutionWeightGradient(geometry)
    let less = gradient.sparing(workspaceMax: 300 << 10).workspaceBytes(layouts)
    #expect(less * 4 < gradient.workspaceBytes(layouts) && less <= 400 << 10, "\(less)")
  }
}
