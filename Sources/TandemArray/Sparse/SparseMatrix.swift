/// A matrix of which only what is not zero is stored, row by row (CSR); `scipy.sparse.csr_array`,
/// MXNet's `CSRNDArray`.
///
/// Element `k` of ``values`` stands in column `columns[k]` of the row `i` with
/// `rowStarts[i] <= k < rowStarts[i + 1]`. Places may repeat, in which case their values add up,
/// and need not be in order within a row. Indices are looked at when a product runs; bad ones are
/// reported, in words, when the result is read.
///
/// A sparse matrix is a value made of arrays: gradients flow to ``values``, and it can be used in
/// compiled regions, but for what is said to wait.
public struct SparseMatrix: Sendable {
  /// What is stored, `[stored]`, float32 or float64.
  public let values: NDArray
  /// The column of each value, `[stored]`, int32 or int64.
  public let columns: NDArray
  /// Where each row starts among the values, and the end of the last one, `[rows + 1]`.
  public let rowStarts: NDArray
  /// `[rows, columns]`.
  public let shape: Shape

  /// A matrix of what is stored row by row.
  ///
  /// - Parameters:
  ///   - values: `[stored]`, float32 or float64.
  ///   - columns: `[stored]`, int32 or int64.
  ///   - rowStarts: `[rows + 1]`, int32 or int64, in order, from 0 to `stored`.
  ///   - shape: `[rows, columns]`.
  public init(
    values: NDArray, columns: NDArray, rowStarts: NDArray, shape: Shape,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let types = TensorTypes([values.type, columns.type, rowStarts.type])
    let site = CallSite(file, line)
    guard shape.rank == 2 else { fail("sparseMatrix: needs two axes, not \(shape)", at: site) }
    guard values.dtype == .float32 || values.dtype == .float64 else {
      fail("sparseMatrix: needs float32 or float64: \(types)", at: site)
    }
    guard [columns, rowStarts].allSatisfy({ [.int32, .int64].contains($0.dtype) }) else {
      fail("sparseMatrix: columns and row starts need int32 or int64: \(types)", at: site)
    }
    guard values.rank == 1, columns.shape == values.shape, rowStarts.shape == [shape[0] + 1] else {
      fail(
        "sparseMatrix: needs values [n], columns [n] and row starts [\(shape[0] + 1)]: \(types)",
        at: site)
    }
    (self.values, self.columns, self.rowStarts, self.shape) = (values, columns, rowStarts, shape)
  }

  /// A matrix of values at places in any order; `scipy.sparse.coo_array(...).tocsr()`. Values at
  /// one place are stored one after another, in the order in which they are given.
  ///
  /// - Parameters:
  ///   - values: `[n]`, float32 or float64.
  ///   - rows: `[n]`, int32 or int64.
  ///   - columns: `[n]`, int32 or int64.
  ///   - shape: `[rows, columns]`.
  public init(
    values: NDArray, rows: NDArray, columns: NDArray, shape: Shape,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let types = TensorTypes([values.type, rows.type, columns.type])
    guard values.rank == 1, rows.shape == values.shape, columns.shape == values.shape,
      rows.dtype.isInteger, columns.dtype.isInteger, shape.rank == 2
    else {
      fail(
        "sparseMatrix: needs values, rows and columns [n], and a shape of two axes: \(types), "
          + "\(shape)", at: CallSite(file, line))
    }
    let (wideRows, wideColumns) = (rows.cast(to: .int64), columns.cast(to: .int64))
    let order = (wideRows * Swift.max(shape[1], 1) + wideColumns).argSort(axis: 0)
    let sorted = wideRows.take(order, axis: 0)
    self.init(
      values: values.take(order, axis: 0), columns: wideColumns.take(order, axis: 0),
      rowStarts: sorted.searchSorted(NDArray.arange(shape[0] + 1)), shape: shape, file: file,
      line: line)
  }

  /// The elements of a dense matrix that are not zero. Waits, as the number of them depends on the
  /// values.
  ///
  /// - Parameter dense: `[rows, columns]`, float32 or float64.
  public init(_ dense: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    guard dense.rank == 2 else {
      fail("sparseMatrix: needs two axes: \(dense.type)", at: CallSite(file, line))
    }
    let places = dense.nonzero(file: file, line: line)
    let flat = places[0] * dense.shape[1] + places[1]
    self.init(
      values: dense.flattened().take(flat, axis: 0), columns: places[1],
      rowStarts: places[0].searchSorted(NDArray.arange(dense.shape[0] + 1)), shape: dense.shape,
      file: file, line: line)
  }

  /// The dtype of the values.
  public var dtype: DType { values.dtype }

  /// How many values are stored, zeros among them too; MXNet's `getnnz`, SciPy's `nnz`.
  public var storedCount: Int { values.count }

  /// How many values each row stores, `[rows]`; SciPy's `count_nonzero` of a canonical matrix.
  public var storedCounts: NDArray { rowStarts[1...] - rowStarts[..<shape[0]] }

  /// The row of each value, `[stored]`, int64.
  public var rows: NDArray {
    rowStarts.cast(to: .int64).searchSorted(NDArray.arange(storedCount), right: true) - 1
  }

  /// The matrix with its zeros; `toarray` in SciPy.
  public var dense: NDArray {
    NDArray.zeros(shape, dtype: dtype).scatter(values, at: [rows, columns], by: .add)
  }

  /// The same places with other values: the function must be zero at zero, as `squared` is.
  public func mapValues(_ function: (NDArray) -> NDArray) -> SparseMatrix {
    SparseMatrix(
      values: function(values), columns: columns, rowStarts: rowStarts, shape: shape)
  }

  /// The transpose; its rows are in order. O(stored · log stored).
  public func transposed() -> SparseMatrix {
    SparseMatrix(values: values, rows: columns, columns: rows, shape: [shape[1], shape[0]])
  }

  /// The matrix in order, with values at one place added up; SciPy's `sum_duplicates`. Waits, as
  /// the number of places depends on the values.
  public func summingRepeats() -> SparseMatrix {
    let keys = rows * Swift.max(shape[1], 1) + columns.cast(to: .int64)
    let places = keys.uniqueWithPlaces()
    let sums = NDArray.zeros([places.values.count], dtype: dtype)
      .scatter(values, rows: places.inverse, axis: 0, by: .add)
    let width = Swift.max(shape[1], 1)
    let foundRows = places.values.floorDivide(NDArray(width))
    return SparseMatrix(
      values: sums, columns: places.values - foundRows * width,
      rowStarts: foundRows.searchSorted(NDArray.arange(shape[0] + 1)), shape: shape)
  }
}

extension SparseMatrix: CustomStringConvertible {
  /// `SparseMatrix([1000, 20], float32, 57 stored)`.
  public var description: String { "SparseMatrix(\(shape), \(dtype), \(storedCount) stored)" }
}
