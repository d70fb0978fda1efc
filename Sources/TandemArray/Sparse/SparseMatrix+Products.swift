// Products, sums and elementwise arithmetic of sparse matrices.

extension SparseMatrix {
  /// The product with a dense matrix `[columns, n]`, or vector `[columns]`; see ``SparseMatMul``.
  public func matmul(
    _ dense: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { product(dense, transposed: false, CallSite(file, line)) }

  /// The product of the transpose with a dense matrix `[rows, n]`, or vector `[rows]`, without
  /// making the transpose; MXNet's `sparse.dot(..., transpose_a=True)`.
  public func transposedMatmul(
    _ dense: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { product(dense, transposed: true, CallSite(file, line)) }

  private func product(_ dense: NDArray, transposed: Bool, _ site: CallSite) -> NDArray {
    let op = SparseMatMul(columns: shape[1], transposed: transposed)
    let matrix = dense.rank == 1 ? dense.expandingDims(at: 1) : dense
    let inputs = [values, columns, rowStarts, matrix]
    let result = NDArray.apply(op, inputs: inputs, at: site)[0]
    return dense.rank == 1 ? result.squeezed(axis: 1) : result
  }

  /// The sum of each column (`axis: 0`), of each row (`axis: 1`), or of all.
  public func sum(
    axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    switch axis {
    case nil: return values.sum()
    case 0, -2: return transposedMatmul(NDArray.ones([shape[0]], dtype: dtype))
    case 1, -1: return matmul(NDArray.ones([shape[1]], dtype: dtype))
    default:
      fail("sum: no axis \(axis!): \(self)", at: CallSite(file, line))
    }
  }

  /// The sum of the squares of what is stored, by column, by row, or of all; MXNet's `square_sum`.
  /// Places must not repeat.
  public func squareSum(
    axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { mapValues { $0.squared() }.sum(axis: axis, file: file, line: line) }

  /// Each value times a number.
  public static func * (a: SparseMatrix, b: some Scalar) -> SparseMatrix { a.mapValues { $0 * b } }

  /// Each value times a number.
  public static func * (a: some Scalar, b: SparseMatrix) -> SparseMatrix { b.mapValues { a * $0 } }

  /// Each value divided by a number.
  public static func / (a: SparseMatrix, b: some Scalar) -> SparseMatrix { a.mapValues { $0 / b } }

  /// The negative.
  public static prefix func - (a: SparseMatrix) -> SparseMatrix { a.mapValues { -$0 } }

  /// The products with the elements of a dense array that broadcasts to the matrix, at the places
  /// that are stored.
  public static func * (a: SparseMatrix, b: NDArray) -> SparseMatrix {
    let whole = b.broadcast(to: a.shape)
    return a.mapValues { $0 * whole.gather([a.rows, a.columns.cast(to: .int64)]) }
  }

  /// The sum: what both store, with repeated places; ``summingRepeats()`` adds those up.
  public static func + (a: SparseMatrix, b: SparseMatrix) -> SparseMatrix {
    a.requireShape(of: b, "+")
    return SparseMatrix(
      values: .concatenated([a.values, b.values], axis: 0),
      rows: .concatenated([a.rows, b.rows], axis: 0),
      columns: .concatenated([a.columns, b.columns].map { $0.cast(to: .int64) }, axis: 0),
      shape: a.shape)
  }

  /// The difference: what both store, with repeated places; ``summingRepeats()`` adds those up.
  public static func - (a: SparseMatrix, b: SparseMatrix) -> SparseMatrix { a + -b }

  private func requireShape(of other: SparseMatrix, _ name: String) {
    guard shape == other.shape, dtype == other.dtype else {
      fail("\(name): sparse matrices differ: \(self), \(other)", at: .unknown)
    }
  }
}
