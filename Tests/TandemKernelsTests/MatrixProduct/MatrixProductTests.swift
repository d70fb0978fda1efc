import CTandem
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

@Suite("matrix product")
struct MatrixProductTests {
  /// Shapes that reach every path: edges of tiles, deep and shallow sums, rows, columns, slices.
  static let shapes: [(m: Int, n: Int, k: Int)] = [
    (1, 1, 1), (2, 3, 4), (14, 32, 7), (15, 33, 5), (64, 64, 64), (13, 100, 385), (128, 10, 512),
    (1, 300, 200), (300, 1, 200), (1, 1, 5000), (5, 7, 3000), (253, 513, 40), (61, 200, 800),
    (20, 26, 9000), (100, 1, 1), (1, 100, 1), (3, 64, 2), (10, 100, 71),
    (24, 33, 300), (9, 3, 41), (40, 50, 12800),
  ]

  @Test("agrees with double sums", arguments: shapes, [DType.float32, .float64])
  func values(_ shape: (m: Int, n: Int, k: Int), _ dtype: DType) {
    for level in levels(dtype) {
      for transposes in shape.m * shape.n * shape.k > 1 << 20 ? [0, 7] : Array(0..<8) {
        var random = SplitMix(seed: UInt64(shape.m * 31 + shape.n * 7 + shape.k + transposes))
        let a = TestMatrix(
          [shape.m, shape.k], dtype, transposed: transposes & 1 != 0, random: &random)
        let b = TestMatrix(
          [shape.k, shape.n], dtype, transposed: transposes & 2 != 0, random: &random)
        let c = TestMatrix(
          [shape.m, shape.n], dtype, transposed: transposes & 4 != 0, random: &random)
        expectProduct(c, a, b, level: level)
      }
    }
  }

  /// Every second element of an axis, an axis read backwards, a column of a larger matrix.
  @Test(
    "slices and negative strides", arguments: shapes,
    [DType.float32, .bfloat16, .int32, .int8, .uint16])
  func slices(_ shape: (m: Int, n: Int, k: Int), _ dtype: DType) {
    if MatrixProductTests.isDeepNarrow(shape, dtype) { return }
    for kind in shape.m * shape.n * shape.k > 1 << 20 ? [5] : Array(0..<8) {
      var random = SplitMix(seed: UInt64(shape.m + shape.n * 3 + shape.k * 5 + kind))
      func some(_ rows: Int, _ columns: Int, _ kind: Int) -> TestMatrix {
        let whole = TestMatrix(
          [2 * rows, columns + 3], dtype, transposed: kind & 4 != 0, random: &random)
        let (down, across) = (whole.layout.stride(0), whole.layout.stride(1))
        let shape = Shape([rows, columns])
        switch kind & 3 {
        case 0:
          return whole.viewed(Layout(shape, strides: [2 * down, across], offset: 2 * across))
        case 1:
          return whole.viewed(
            Layout(shape, strides: [-down, across], offset: (2 * rows - 1) * down))
        case 2:
          return whole.viewed(
            Layout(shape, strides: [down, -across], offset: (columns + 2) * across))
        default:
          return whole.viewed(
            Layout(
              shape, strides: [-2 * down, -across],
              offset: (2 * rows - 1) * down + (columns - 1) * across))
        }
      }
      expectProduct(
        some(shape.m, shape.n, kind + 1), some(shape.m, shape.k, kind),
        some(shape.k, shape.n, kind + 2), level: tandem_gemm_level())
    }
  }

  @Test("16-bit floats are rounded once", arguments: shapes, [DType.bfloat16, .float16])
  func halves(_ shape: (m: Int, n: Int, k: Int), _ dtype: DType) {
    for level in levels(.float32) {
      for transposes in shape.m * shape.n * shape.k > 1 << 20 ? [1] : Array(0..<4) {
        var random = SplitMix(seed: UInt64(shape.m + shape.n + shape.k + transposes))
        let a = TestMatrix(
          [shape.m, shape.k], dtype, transposed: transposes & 1 != 0, random: &random)
        let b = TestMatrix(
          [shape.k, shape.n], dtype, transposed: transposes & 2 != 0, random: &random)
        let c = TestMatrix([shape.m, shape.n], dtype, transposed: false, random: &random)
        expectProduct(c, a, b, level: level)
      }
    }
  }

  /// The largest shapes take long and say the same for each integer dtype: the wide ones do.
  private static func isDeepNarrow(_ shape: (m: Int, n: Int, k: Int), _ dtype: DType) -> Bool {
    dtype.isInteger && dtype != .int32 && dtype != .int64 && shape.m * shape.n * shape.k > 1 << 20
  }

  @Test("integers are exact and wrap", arguments: DType.allCases.filter { $0.isInteger })
  func integers(_ dtype: DType) {
    for shape in MatrixProductTests.shapes
    where !MatrixProductTests.isDeepNarrow(shape, dtype) {
      var random = SplitMix(seed: 3)
      let a = TestMatrix([shape.m, shape.k], dtype, transposed: true, random: &random)
      let b = TestMatrix([shape.k, shape.n], dtype, transposed: false, random: &random)
      let c = TestMatrix([shape.m, shape.n], dtype, transposed: true, random: &random)
      expectProduct(c, a, b, level: 0)
    }
  }

  @Test("16-bit floats with a float32 result", arguments: [DType.bfloat16, .float16])
  func wideResults(_ dtype: DType) {
    for level in levels(.float32) {
      for (m, n, k) in [(1, 40, 65), (14, 32, 7), (130, 200, 301), (3, 5, 2000), (40, 1, 100)] {
        for transposed in [false, true] {
          var random = SplitMix(seed: UInt64(m + n + k))
          let a = TestMatrix([m, k], dtype, transposed: transposed, random: &random)
          let b = TestMatrix([k, n], dtype, transposed: !transposed, random: &random)
          let c = TestMatrix([m, n], .float32, transposed: transposed, random: &random)
          expectProduct(c, a, b, MatrixProduct(accumulates: transposed), level: level)
        }
      }
    }
  }

  @Test("batches broadcast and fold", arguments: 1..<40)
  func batches(_ seed: UInt64) {
    var random = SplitMix(seed: seed)
    let batch = (0..<random.below(4)).map { _ in 1 + random.below(4) }
    let (m, n, k) = (1 + random.below(20), 1 + random.below(40), random.below(50))
    func some() -> [Int] { batch.map { random.below(3) == 0 ? 1 : $0 } }
    let dtype = [DType.float32, .float64, .bfloat16, .int64][random.below(4)]
    let a = TestMatrix(some() + [m, k], dtype, transposed: random.below(2) == 0, random: &random)
    let b = TestMatrix(some() + [k, n], dtype, transposed: random.below(2) == 0, random: &random)
    let c = TestMatrix(batch + [m, n], dtype, transposed: random.below(2) == 0, random: &random)
    expectProduct(
      c, a.broadcast(to: batch + [m, k]), b.broadcast(to: batch + [k, n]),
      level: tandem_gemm_level())
  }

  @Test(
    "accumulates, adds a bias, rectifies", arguments: shapes,
    [DType.float32, .bfloat16, .int32, .int8, .uint16])
  func epilogues(_ shape: (m: Int, n: Int, k: Int), _ dtype: DType) {
    if MatrixProductTests.isDeepNarrow(shape, dtype) { return }
    for options in shape.m * shape.n * shape.k > 1 << 20 ? [1, 7] : Array(0..<8) {
      var random = SplitMix(seed: 11)
      let a = TestMatrix([shape.m, shape.k], dtype, transposed: false, random: &random)
      let b = TestMatrix([shape.k, shape.n], dtype, transposed: true, random: &random)
      let c = TestMatrix([shape.m, shape.n], dtype, transposed: false, random: &random)
      let bias = TestMatrix([shape.n], dtype, transposed: false, random: &random)
      let primitive = MatrixProduct(
        accumulates: options & 1 != 0, hasBias: options & 2 != 0, rectifies: options & 4 != 0)
      expectProduct(c, a, b, bias: bias, primitive, level: tandem_gemm_level())
    }
  }

  @Test("zero lengths give zeros, and nothing to do does nothing")
  func empty() {
    var random = SplitMix(seed: 5)
    for dtype in [DType.float32, .float64, .bfloat16, .int32] {
      let a = TestMatrix([3, 0], dtype, transposed: false, random: &random)
      let b = TestMatrix([0, 40], dtype, transposed: false, random: &random)
      let c = TestMatrix([3, 40], dtype, transposed: false, random: &random)
      expectProduct(c, a, b, level: tandem_gemm_level())
      #expect(c.values.allSatisfy { $0 == 0 })
      for (m, n) in [(0, 5), (5, 0), (0, 0)] {
        let a = TestMatrix([m, 2], dtype, transposed: false, random: &random)
        let b = TestMatrix([2, n], dtype, transposed: false, random: &random)
        let c = TestMatrix([m, n], dtype, transposed: false, random: &random)
        expectProduct(c, a, b, level: tandem_gemm_level())
      }
    }
  }

  @Test("zero times infinity and NaN are NaN")
  func nonFinite() {
    var random = SplitMix(seed: 6)
    let a = TestMatrix([20, 50], .float32, transposed: false, random: &random)
    let b = TestMatrix([50, 70], .float32, transposed: false, random: &random)
    let c = TestMatrix([20, 70], .float32, transposed: false, random: &random)
    for column in 0..<50 { a.set(3 * 50 + column, 0) }
    b.set(7 * 70 + 9, .infinity)
    b.set(8 * 70 + 68, .nan)
    MatrixProduct().run([c.operand, a.operand, b.operand], level: tandem_gemm_level(), in: .serial)
    let values = c.values
    #expect(values[3 * 70 + 9].isNaN && (0..<20).allSatisfy { values[$0 * 70 + 68].isNaN })
    #expect(values[3 * 70] == 0)
  }
}
