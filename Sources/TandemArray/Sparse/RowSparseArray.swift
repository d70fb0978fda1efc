/// An array of which only some slices along the first axis are stored, and the others are zero;
/// MXNet's `RowSparseNDArray`. What the gradient of an embedding is.
///
/// Rows are in order. A row may stand there several times, with the same values each time: so the
/// number of places follows from shapes alone, nothing waits, and compiled regions can make one.
public struct RowSparseArray: Sendable {
  /// The numbers of the rows that are stored, `[n]`, int64, ascending.
  public let rows: NDArray
  /// What they hold, `[n, ...]`.
  public let values: NDArray
  /// The shape of the whole array.
  public let shape: Shape

  private init(ascending rows: NDArray, _ values: NDArray, _ shape: Shape) {
    (self.rows, self.values, self.shape) = (rows, values, shape)
  }

  /// The sum of updates to rows: those of one row are added up in the order of the indices, 16-bit
  /// floats in float32.
  ///
  /// - Parameters:
  ///   - updates: `[indices..., ...]`, floats.
  ///   - indices: which row each update belongs to; int32 or int64, in `-n..<n`.
  ///   - shape: that of the whole array.
  public init(
    summing updates: NDArray, at indices: NDArray, shape: Shape, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let row = Array(shape.array.dropFirst())
    guard shape.rank > 0, updates.shape.array == indices.shape.array + row,
      indices.dtype == .int32 || indices.dtype == .int64, updates.dtype.isFloatingPoint
    else {
      fail(
        "rowSparse: updates do not fit rows of \(shape): \(updates.type), \(indices.type)",
        at: CallSite(file, line))
    }
    let count = indices.count
    let flat = updates.reshaped(Shape([count] + row))
    let given = indices.cast(to: .int64).reshaped([count])
    let numbers = NDArray.where(given .< 0, given + shape[0], given)
    guard count > 0 else {
      self.init(ascending: numbers, flat, shape)
      return
    }
    let order = numbers.argSort(axis: 0)
    let sorted = numbers.take(order, axis: 0)
    // Which of the different rows each update belongs to, and the last of them.
    let steps = (sorted[1...] .!= sorted[..<(count - 1)]).cast(to: .int64)
    let places = NDArray.concatenated([NDArray.zeros([1], dtype: .int64), steps], axis: 0)
      .cumulativeSum(axis: 0)
    let last = places[count - 1]
    let sums = NDArray.zeros(Shape([count] + row), dtype: updates.dtype)
      .scatter(flat.take(order, axis: 0), rows: places, axis: 0, by: .add)
    let kept = NDArray.arange(count).minimum(last)
    let found = sorted.scatter(sorted, rows: places, axis: 0).take(kept, axis: 0)
    self.init(ascending: found, sums.take(kept, axis: 0), shape)
  }

  /// The rows of a dense array that are not all zero. Waits, as the number of them depends on the
  /// values.
  public init(_ dense: NDArray, file: StaticString = #fileID, line: UInt = #line) {
    guard dense.rank > 0, dense.dtype.isFloatingPoint else {
      fail("rowSparse: needs an axis of floats: \(dense.type)", at: CallSite(file, line))
    }
    let isStored = (dense .!= 0).reshaped([dense.shape[0], dense.count / max(dense.shape[0], 1)])
    let rows = isStored.any(axis: 1).nonzero(file: file, line: line)[0]
    self.init(ascending: rows, dense.take(rows, axis: 0), dense.shape)
  }

  /// The dtype of the values.
  public var dtype: DType { values.dtype }

  /// Which places hold a row for the first time, `[n]`, bool.
  public var isFirst: NDArray {
    guard rows.count > 0 else { return NDArray.zeros([0], dtype: .bool) }
    let differs = rows[1...] .!= rows[..<(rows.count - 1)]
    return NDArray.concatenated([NDArray.ones([1], dtype: .bool), differs], axis: 0)
  }

  /// How many rows are stored. Waits.
  public var storedRowCount: Int { isFirst.cast(to: .int64).sum().item(as: Int.self) }

  /// The array with its zeros.
  public var dense: NDArray {
    NDArray.zeros(shape, dtype: dtype).scatter(values, rows: rows, axis: 0)
  }

  /// The same rows with other values: the function must be zero at zero.
  public func mapValues(_ function: (NDArray) -> NDArray) -> RowSparseArray {
    RowSparseArray(ascending: rows, function(values), shape)
  }

  /// Only the rows that are asked for; those that are not stored hold zeros; MXNet's
  /// `sparse_retain`.
  ///
  /// - Parameter wanted: `[m]`, int32 or int64.
  public func retaining(_ wanted: NDArray) -> RowSparseArray {
    let sorted = wanted.cast(to: .int64).reshaped([wanted.count]).sorted(axis: 0)
    guard rows.count > 0 else {
      let row = Shape([sorted.count] + shape.array.dropFirst())
      return RowSparseArray(ascending: sorted, NDArray.zeros(row, dtype: dtype), shape)
    }
    let places = rows.searchSorted(sorted).minimum(NDArray(rows.count - 1))
    let isFound = rows.take(places, axis: 0) .== sorted
    let found = values.take(places, axis: 0)
    return RowSparseArray(ascending: sorted, beside(isFound, found), shape)
  }

  /// The sum of squares; MXNet's `square_sum`.
  public func squareSum() -> NDArray { beside(isFirst, values).squared().sum() }

  /// Zeros where a condition, one for each row, does not hold.
  private func beside(_ condition: NDArray, _ values: NDArray) -> NDArray {
    let ones = Array(repeating: 1, count: shape.rank - 1)
    let wide = condition.reshaped(Shape([condition.count] + ones))
    return NDArray.where(wide, values, 0.0)
  }

  /// The sum; rows of both are added up.
  public static func + (a: RowSparseArray, b: RowSparseArray) -> RowSparseArray {
    guard a.shape == b.shape else {
      fail("+: row-sparse arrays differ: \(a.shape), \(b.shape)", at: .unknown)
    }
    let values = [a, b].map { $0.beside($0.isFirst, $0.values) }
    return RowSparseArray(
      summing: .concatenated(values, axis: 0), at: .concatenated([a.rows, b.rows], axis: 0),
      shape: a.shape)
  }

  /// Each value times a number.
  public static func * (a: RowSparseArray, b: some Scalar) -> RowSparseArray {
    a.mapValues { $0 * b }
  }
}
