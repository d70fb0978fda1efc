import TandemArray
import TandemShapes
import TestSupport
import Testing

/// Row-sparse arrays against their dense twins, and as gradients.
@Suite struct RowSparseTests {
  private func numbers(_ count: Int, below limit: Int, _ random: inout SplitMix) -> [Int] {
    (0..<count).map { _ in Int.random(in: -limit..<limit, using: &random) }
  }

  /// Sums are those of a dense scatter, bit for bit.
  @Test(arguments: [DType.float32, .float64, .bfloat16], [1, 2, 3])
  func sumsAreDenseSums(dtype: DType, seed: UInt64) {
    var random = SplitMix(seed: seed)
    for (count, rows) in [(1, 5), (7, 3), (200, 40), (30, 1000)] {
      let indices = NDArray(numbers(count, below: rows, &random), shape: [count])
      let updates = NDArray.random.normal([count, 4], seed: seed).cast(to: dtype)
      let sparse = RowSparseArray(summing: updates, at: indices, shape: [rows, 4])
      let dense = NDArray.zeros([rows, 4], dtype: dtype)
        .scatter(updates, rows: indices, axis: 0, by: .add)
      #expect(sparse.dense.identicalBits(dense), "seed \(seed)")
      let found: [Int] = sparse.rows.scalars()
      #expect(found == found.sorted())
      let distinct = Set(indices.scalars(as: Int.self).map { $0 < 0 ? $0 + rows : $0 })
      #expect(sparse.storedRowCount == distinct.count && Set(found) == distinct)
      let squares = sparse.mapValues { $0.cast(to: .float64) }.squareSum().item()
      let expected = dense.cast(to: .float64).squared().sum().item()
      #expect(abs(squares - expected) <= 1e-12 * max(1, expected))
    }
  }

  @Test func fromDenseAndRetained() {
    let dense = NDArray([[0, 0], [1, 2], [0, 0], [0, 3], [4, 0]])
    let sparse = RowSparseArray(dense)
    #expect(sparse.rows.scalars() == [1, 3, 4] && sparse.storedRowCount == 3)
    #expect(sparse.dense.identicalBits(dense))
    let kept = sparse.retaining(NDArray([4, 0, 1], dtype: .int64))
    #expect(kept.rows.scalars() == [0, 1, 4])
    #expect(kept.dense.scalars() == [0.0, 0, 1, 2, 0, 0, 0, 0, 4, 0])
    let sum =
      sparse
      + RowSparseArray(summing: NDArray([[5, 6]]), at: NDArray([1], dtype: .int64), shape: [5, 2])
    #expect(sum.dense.scalars() == [0.0, 0, 6, 8, 0, 0, 0, 3, 4, 0])
    #expect((sparse * 2).dense.scalars() == [0.0, 0, 2, 4, 0, 0, 0, 6, 8, 0])
    let none = RowSparseArray(NDArray.zeros([3, 2]))
    #expect(
      none.storedRowCount == 0
        && none.retaining(NDArray([1], dtype: .int64)).dense.sum().item() == 0)
    #expect(none.squareSum().item() == 0)
  }

  /// What is read by rows has a row-sparse gradient, that of the dense one; what is read as a whole
  /// too has a dense one.
  @Test func gradients() {
    let table = Parameter(NDArray.random.normal([9, 3], seed: 1))
    let weight = Parameter(NDArray.random.normal([3, 2], seed: 2))
    let model = ["table": table, "weight": weight]
    let first = NDArray([[1, 4], [4, -1]], dtype: .int64)
    let second = NDArray([0, 4], dtype: .int64)
    func loss(_ read: (NDArray) -> NDArray) -> NDArray {
      let x = read(first).matmul(weight.value).squared().sum()
      return x + (read(second) * 3).exp().sum()
    }
    let (dense, expected) = valueAndGradient(of: model) { loss { table.value.take($0, axis: 0) } }
    let (sparse, found) = valueAndGradient(of: model) { loss { table.rows($0) } }
    #expect(sparse.identicalBits(dense))
    #expect(found.all.count == 1 && found.rowSparse.count == 1)
    let gap = (found[table]! - expected[table]!).abs().max().item()
    #expect(gap < 1e-4 && found[weight]!.identicalBits(expected[weight]!))
    #expect(Set(found.rowSparse[0].gradient.rows.scalars(as: Int.self)) == [0, 1, 4, 8])
    let (_, mixed) = valueAndGradient(of: model) { loss { table.rows($0) } + table.value.sum() }
    #expect(mixed.rowSparse.isEmpty)
    #expect((mixed[table]! - expected[table]! - 1).abs().max().item() < 1e-4)
    // Where it cannot be sparse it is dense.
    let value = record { loss { table.rows($0) } }
    value.backward()
    #expect(table.gradient!.identicalBits(expected[table]!))
  }

  @Test func words() {
    expectFailure("rowSparse: updates do not fit rows of [5, 2]: float32[3, 3], int64[3]") {
      _ = RowSparseArray(
        summing: NDArray.ones([3, 3]), at: NDArray([0, 1, 2], dtype: .int64), shape: [5, 2])
    }
    expectFailure("rowSparse: needs an axis of floats: int64[2]") {
      _ = RowSparseArray(NDArray([1, 2], dtype: .int64))
    }
    let table = Parameter(NDArray.ones([3, 2]))
    #expect(throws: (any Error).self) { try table.rows(NDArray([3], dtype: .int64)).wait() }
  }
}
