import TandemKernels
import TandemShapes
import TandemThreads
import TestSupport
import Testing

/// Sparse products give the same bytes on any number of threads and at every level.
@Suite struct SparseTests {
  private static let (rows, columns, width) = (700, 300, 45)

  /// Values, columns and row starts of a matrix with rows of very different lengths.
  private static func matrix(_ dtype: DType) -> [SampleArray] {
    var random = SplitMix(seed: 9)
    var (column, starts) = ([Double](), [0.0])
    for row in 0..<rows {
      let stored = row % 100 == 7 ? 250 : Int.random(in: 0..<20, using: &random)
      column += (0..<stored).map { _ in Double(Int.random(in: 0..<columns, using: &random)) }
      starts.append(Double(column.count))
    }
    let values = column.map { _ in Double.random(in: -1...1, using: &random) }
    return [
      SampleArray(values, [values.count], dtype), SampleArray(column, [column.count], .int64),
      SampleArray(starts, [starts.count], .int64),
    ]
  }

  private static func dense(_ rows: Int, _ dtype: DType, seed: UInt64) -> SampleArray {
    var random = SplitMix(seed: seed)
    let values = (0..<rows * width).map { _ in Double.random(in: -1...1, using: &random) }
    return SampleArray(values, [rows, width], dtype)
  }

  private func products(_ dtype: DType, in context: ParallelContext) -> [[UInt8]] {
    let (m, x, y) = (
      Self.matrix(dtype), Self.dense(Self.columns, dtype, seed: 1),
      Self.dense(Self.rows, dtype, seed: 2)
    )
    let outs = [
      SampleArray([Self.rows, Self.width], dtype), SampleArray([Self.columns, Self.width], dtype),
      SampleArray(m[1].operand.shape, dtype),
    ]
    let plain = SparseProduct(columns: Self.columns, transposed: false)
    let turned = SparseProduct(columns: Self.columns, transposed: true)
    #expect(failure(of: plain, [outs[0]] + m + [x], in: context) == nil)
    #expect(failure(of: turned, [outs[1]] + m + [y], in: context) == nil)
    #expect(failure(of: SampledProduct(), [outs[2], m[1], m[2], y, x], in: context) == nil)
    return outs.map(\.bytes)
  }

  @Test(arguments: [DType.float32, .float64])
  func bytesDependOnNeitherThreadsNorLevel(dtype: DType) {
    let expected = products(dtype, in: .serial)
    for threads in [2, 4] {
      let team = WorkerTeam(threads: threads)
      defer { team.shutdown() }
      #expect(products(dtype, in: team.context) == expected, "\(threads) threads")
    }
    for level in LoopKernel.Level.allCases where level.isAvailable {
      let found = withLevel(level.rawValue) { products(dtype, in: .serial) }
      #expect(found == expected, "\(level)")
    }
  }

  /// A serial twin that adds up in the order of what is stored.
  @Test func sumsAreInOrder() {
    let m = Self.matrix(.float64)
    let x = Self.dense(Self.columns, .float64, seed: 1)
    let out = SampleArray([Self.rows, Self.width], .float64)
    let product = SparseProduct(columns: Self.columns, transposed: false)
    #expect(failure(of: product, [out] + m + [x]) == nil)
    let (values, column, starts, dense) = (m[0].values, m[1].values, m[2].values, x.values)
    var expected: [Double] = []
    for row in 0..<Self.rows {
      for c in 0..<Self.width {
        var sum = 0.0
        for k in Int(starts[row])..<Int(starts[row + 1]) {
          sum += values[k] * dense[Int(column[k]) * Self.width + c]
        }
        expected.append(sum)
      }
    }
    #expect(out.values == expected)
  }
}
