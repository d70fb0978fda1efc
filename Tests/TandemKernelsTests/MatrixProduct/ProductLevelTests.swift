import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Products, convolutions and attention follow the forced level as all kernels do. Their bits
/// belong to the level, as fused multiply-adds are used where they are; so levels are held to the
/// bound that sums of so many terms have, and each to the kernels of its own number, bit for bit.
@Suite("levels of products") struct ProductLevelTests {
  private static let names = ["baseline", "avx2", "avx512", "avx512bf16"]

  /// Runs on every level that the machine has and gives the results, baseline's first.
  private func onEveryLevel(_ run: (Int32) throws -> [Double]) rethrows -> [(Int32, [Double])] {
    try (0..<Int32(Self.names.count)).compactMap { level in
      guard tandem_level_is_here(level) else {
        print("skipped: this machine lacks \(Self.names[Int(level)])")
        return nil
      }
      return (level, try withLevel(level) { try run(level) })
    }
  }

  /// The largest difference from the first level, beside the largest number.
  private func spread(_ results: [(Int32, [Double])]) -> Double {
    let largest = results[0].1.reduce(0) { max($0, abs($1)) }
    return results.dropFirst().reduce(0) { worst, result in
      zip(result.1, results[0].1).reduce(worst) { max($0, abs($1.0 - $1.1) / largest) }
    }
  }

  @Test(arguments: [DType.float32, .float64, .bfloat16, .float16, .int32])
  func products(_ dtype: DType) throws {
    for (m, n, k) in [(70, 90, 300), (3, 200, 40), (200, 3, 64), (1, 1, 3000)] {
      var random = SplitMix(seed: UInt64(m + n + k))
      let a = TestMatrix([m, k], dtype, transposed: true, random: &random)
      let b = TestMatrix([k, n], dtype, transposed: false, random: &random)
      let c = TestMatrix([m, n], dtype, transposed: false, random: &random)
      let operands = [c.operand, a.operand, b.operand]
      let results = try onEveryLevel { _ in
        try MatrixProduct().run(operands, scalars: [], in: .serial)
        return c.values
      }
      for (level, values) in results {
        MatrixProduct().run(operands, level: level, in: .serial)
        #expect(c.values == values, "\(dtype) \(Self.names[Int(level)])")
      }
      let rounding = roundoff(dtype) + Double(k) * roundoff(dtype == .float64 ? dtype : .float32)
      #expect(spread(results) <= (dtype.isInteger ? 0 : 4 * rounding), "\(m) \(n) \(k) \(dtype)")
    }
  }

  @Test(arguments: [
    ([2, 24, 12, 13], [20, 24, 3, 3], 1, 1), ([3, 6, 9, 9], [6, 1, 3, 3], 2, 6),
  ])
  func convolutions(_ xs: [Int], _ ws: [Int], _ stride: Int, _ groups: Int) throws {
    var random = SplitMix(seed: 5)
    let geometry = try ConvolutionGeometry(
      stride: [stride, stride], paddingBegin: [1, 1], paddingEnd: [1, 1], dilation: [1, 1],
      groups: groups)
    let problem = try ConvolutionProblem(geometry, xs, ws, .float32, random: &random)
    let (x, w, dy) = (problem.x, problem.w, problem.y)
    func result(_ shape: [Int]) -> TestMatrix {
      TestMatrix(shape, .float32, transposed: false, random: &random)
    }
    let (y, dx, dw) = (result(dy.layout.shape.array), result(xs), result(ws))
    let jobs: [(any LeveledConvolution, TestMatrix, [Operand])] = [
      (ConvolutionForward(geometry), y, [y.operand, x.operand, w.operand]),
      (ConvolutionInputGradient(geometry), dx, [dx.operand, dy.operand, w.operand]),
      (ConvolutionWeightGradient(geometry), dw, [dw.operand, x.operand, dy.operand]),
    ]
    for (primitive, out, operands) in jobs {
      let results = try onEveryLevel { _ in
        try primitive.run(operands, scalars: [], in: .serial)
        return out.values
      }
      for (level, values) in results {
        primitive.run(operands, level: level, in: .serial)
        #expect(out.values == values, "\(primitive) \(Self.names[Int(level)])")
      }
      #expect(spread(results) <= 1e-5, "\(primitive)")
    }
  }

  @Test(
    arguments: NeuralThreadTests.cases.filter(\.hasProducts), [DType.float32, .float64])
  func attention(_ item: NeuralThreadTests.Case, _ dtype: DType) throws {
    let results = try onEveryLevel { _ in
      try item.run(dtype, in: .serial).flatMap { bytes in
        bytes.withUnsafeBytes { raw in
          dtype == .float64
            ? Array(raw.bindMemory(to: Double.self))
            : raw.bindMemory(to: Float.self).map(Double.init)
        }
      }
    }
    #expect(spread(results) <= (dtype == .float64 ? 1e-14 : 1e-5))
  }
}

/// What the three convolutions share for these tests: a run with the kernels of a level.
private protocol LeveledConvolution: Primitive {
  func run(_ operands: [Operand], level: Int32, in context: ParallelContext)
}

/// What a run that is asked for this level uses.
private func library(_ level: Int32) -> ConvolutionLibrary {
  level == tandem_gemm_level() ? .current : .never
}

extension ConvolutionForward: LeveledConvolution {
  func run(_ operands: [Operand], level: Int32, in context: ParallelContext) {
    run(operands, level: level, library: library(level), in: context)
  }
}
extension ConvolutionInputGradient: LeveledConvolution {
  func run(_ operands: [Operand], level: Int32, in context: ParallelContext) {
    run(operands, level: level, library: library(level), in: context)
  }
}
extension ConvolutionWeightGradient: LeveledConvolution {
  func run(_ operands: [Operand], level: Int32, in context: ParallelContext) {
    run(operands, level: level, library: library(level), in: context)
  }
}
