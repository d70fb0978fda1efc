import TandemArray
import TandemShapes
import Testing

/// Sparse matrices against SciPy and against their dense twins.
@Suite struct SparseMatrixTests {
  private func expect(
    _ found: NDArray, _ expected: NDArray, _ what: String, tolerance: Double = 1e-13,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.shape == expected.shape, "\(what)", sourceLocation: sourceLocation)
    guard found.count > 0 else { return }
    let gap = (found.cast(to: .float64) - expected).abs().max().item()
    #expect(gap <= tolerance, "\(what): \(gap)", sourceLocation: sourceLocation)
  }

  @Test(arguments: 0..<SparseFixture.all.count)
  func agreesWithSciPy(number: Int) {
    let fixture = SparseFixture.all[number]
    for (dtype, index) in [(DType.float64, DType.int64), (.float32, .int32)] {
      let tolerance = dtype == .float64 ? 1e-13 : 1e-5
      let a = fixture.matrix(dtype, index: index)
      func check(_ found: NDArray, _ key: String) {
        #expect(found.dtype == dtype)
        expect(found, fixture[key], "\(key) \(a)", tolerance: tolerance)
      }
      #expect(a.storedCount == fixture.stored)
      let (x, y) = (fixture["x"].cast(to: dtype), fixture["y"].cast(to: dtype))
      check(a.dense, "dense")
      check(a.matmul(x), "product")
      check(a.matmul(x[0..., 0]), "vectorProduct")
      check(a.transposedMatmul(y), "transposedProduct")
      check(a.transposed().matmul(y), "transposedProduct")
      check(a.transposed().dense, "transposed")
      check(a.sum(axis: 1), "rowSums")
      check(a.sum(axis: 0), "columnSums")
      check(a.squareSum(axis: 1), "rowSquares")
      let other = fixture["other"].cast(to: dtype)
      let b = SparseMatrix(other)
      check((a + b).dense, "sum")
      check((a + b).summingRepeats().dense, "sum")
      check((a - b).dense, "difference")
      check((a * other).dense, "elementwise")
      expect((-a * 3).dense, fixture["dense"] * -3, "scaled", tolerance: 10 * tolerance)
    }
  }

  @Test(arguments: 0..<SparseFixture.all.count)
  func conversions(number: Int) {
    let fixture = SparseFixture.all[number]
    let a = SparseMatrix(fixture["dense"])
    #expect(a.columns.scalars() == fixture.columns)
    #expect(a.rowStarts.scalars() == fixture.rowStarts)
    #expect(a.values.identicalBits(fixture["values"]))
    let starts = fixture.rowStarts
    #expect(a.storedCounts.scalars() == zip(starts.dropFirst(), starts).map { $0 - $1 })
    // Backwards, each value twice: in order again, and added up.
    let twice = SparseMatrix(
      values: .concatenated([a.values.flipped(axis: 0), a.values], axis: 0),
      rows: .concatenated([a.rows.flipped(axis: 0), a.rows], axis: 0),
      columns: .concatenated([a.columns.flipped(axis: 0), a.columns], axis: 0), shape: a.shape)
    expect(twice.dense, fixture["dense"] * 2, "twice")
    let single = twice.summingRepeats()
    #expect(single.columns.scalars() == fixture.columns)
    #expect(single.rowStarts.scalars() == fixture.rowStarts)
    expect(single.values, a.values * 2, "added up")
  }

  @Test func gradients() {
    let fixture = SparseFixture.all[2]
    let a = fixture.matrix()
    for transposed in [false, true] {
      let dense = fixture[transposed ? "y" : "x"]
      let check = checkGradient(
        of: { arrays in
          let matrix = a.mapValues { _ in arrays[0] }
          let y = transposed ? matrix.transposedMatmul(arrays[1]) : matrix.matmul(arrays[1])
          return y * y * y
        }, at: [a.values, dense])
      #expect(check.error < 1e-7 && check.analytic != 0, "\(check)")
    }
    let dense = checkGradient(
      of: { arrays in
        let matrix = a.mapValues { _ in arrays[0] }
        return (matrix.transposed() * 2).dense.squared()
      }, at: [a.values])
    #expect(dense.error < 1e-7)
    // Of second order: the gradient of the values, differentiated by the dense matrix.
    func slope(_ x: NDArray) -> NDArray {
      valueAndGradients(
        of: { values in a.mapValues { _ in values[0] }.matmul(x).squared().sum() }, at: [a.values]
      ).gradients[0]
    }
    let second = checkGradient(of: { slope($0[0]) }, at: [fixture["x"]])
    #expect(second.error < 1e-7 && second.analytic != 0)
  }

  @Test func compiledIsTheSame() {
    let fixture = SparseFixture.all[2]
    let a = fixture.matrix(.float32)
    @Sendable func both(_ values: NDArray, _ x: NDArray) -> [NDArray] {
      let matrix = SparseMatrix(
        values: values, columns: a.columns, rowStarts: a.rowStarts, shape: a.shape)
      let y = matrix.matmul(x).relu()
      return [y, matrix.transposedMatmul(y), matrix.dense, matrix.sum(axis: 0)]
    }
    let region = compile { (values: NDArray, x: NDArray) in both(values, x) }
    let x = fixture["x"].cast(to: .float32)
    for (found, expected) in zip(region(a.values, x), both(a.values, x)) {
      #expect(found.identicalBits(expected))
    }
  }

  private func ints(_ values: [Int]) -> NDArray { NDArray(values, shape: [values.count]) }

  private func words(_ array: NDArray) -> String {
    do {
      try array.wait()
      return "nothing went wrong"
    } catch {
      return String("\(error)".prefix { $0 != ":" } + ":\("\(error)".split(separator: ":")[1])")
    }
  }

  @Test func indicesFromOutside() {
    let dense = NDArray.ones([3, 2])
    func product(_ columns: [Int], _ starts: [Int]) -> String {
      words(
        SparseMatrix(
          values: NDArray.ones([columns.count]), columns: ints(columns),
          rowStarts: ints(starts), shape: [2, 3]
        ).matmul(dense))
    }
    #expect(product([0, 2], [0, 1, 2]) == "nothing went wrong")
    #expect(product([0, 3], [0, 1, 2]) == "sparseMatmul: column 3 of element 1 is not one of 3")
    #expect(product([0, -1], [0, 1, 2]) == "sparseMatmul: column -1 of element 1 is not one of 3")
    #expect(
      product([0, 2], [1, 1, 2]) == "sparseMatmul: row 0 starts at 1, which is not in 0...0")
    #expect(
      product([0, 2], [0, 3, 2]) == "sparseMatmul: row 1 starts at 3, which is not in 0...2")
    #expect(
      product([0, 2], [0, 1, 1]) == "sparseMatmul: row 2 starts at 1, which is not in 2...2")
  }

  @Test func shapes() {
    let (n, s, c) = (NDArray.ones([2]), ints([0, 1, 2]), ints([0, 1]))
    let matrix = SparseMatrix(values: n, columns: c, rowStarts: s, shape: [2, 3])
    expectFailure("sparseMatrix: needs two axes, not [2]") {
      _ = SparseMatrix(values: n, columns: c, rowStarts: s, shape: [2])
    }
    expectFailure(
      "sparseMatrix: needs float32 or float64: bfloat16[2], int64[2], int64[3]"
    ) {
      _ = SparseMatrix(
        values: n.cast(to: .bfloat16), columns: c, rowStarts: s, shape: [2, 3])
    }
    expectFailure(
      "sparseMatrix: needs values [n], columns [n] and row starts [4]: "
        + "float32[2], int64[2], int64[3]"
    ) { _ = SparseMatrix(values: n, columns: c, rowStarts: s, shape: [3, 3]) }
    expectFailure(
      "sparseMatmul: the dense matrix needs 3 rows: float32[2], int64[2], int64[3], float32[2, 2]"
    ) { _ = matrix.matmul(NDArray.ones([2, 2])) }
    expectFailure("sum: no axis 2: SparseMatrix([2, 3], float32, 2 stored)") {
      _ = matrix.sum(axis: 2)
    }
    expectFailure("sparseMatrix: needs two axes: float32[2]") { _ = SparseMatrix(n) }
  }
}
