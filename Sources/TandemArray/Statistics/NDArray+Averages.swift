// Averages and spreads, made of sums.

extension NDArray {
  /// The weighted mean along an axis (over all elements if `nil`); `numpy.average`.
  ///
  /// - Parameter weights: the array's shape, or one number for each place along the axis; all
  ///   alike if `nil`.
  public func average(
    axis: Int? = nil, weights: NDArray? = nil, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard let weights else { return mean(axis: axis, keepDims: keepDims, file: file, line: line) }
    let site = CallSite(file, line)
    var scale = weights
    if let axis, weights.rank == 1, rank != 1 {
      let along = self.axis(axis, "average", site)
      guard weights.count == shape[along] else {
        fail("average: weights do not fit axis \(along): \(type), \(weights.type)", at: site)
      }
      var lengths = [Int](repeating: 1, count: rank)
      lengths[along] = weights.count
      scale = weights.reshaped(Shape(lengths))
    } else if weights.shape != shape {
      fail("average: weights do not fit: \(type), \(weights.type)", at: site)
    }
    let common = dtype.promoted(with: weights.dtype).floating
    scale = scale.cast(to: common).broadcast(to: shape)
    let sums = (cast(to: common) * scale).sum(axis: axis, keepDims: keepDims)
    return sums / scale.sum(axis: axis, keepDims: keepDims)
  }

  /// The largest less the smallest element along an axis (of all if `nil`); `numpy.ptp`.
  public func peakToPeak(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    max(axis: axis, keepDims: keepDims, file: file, line: line)
      - min(axis: axis, keepDims: keepDims, file: file, line: line)
  }

  /// How many elements along an axis (of all if `nil`) are not zero, as int64;
  /// `numpy.count_nonzero`.
  public func countNonzero(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    cast(to: .bool).sum(axis: axis, keepDims: keepDims, file: file, line: line)
  }

  /// How the rows of a matrix vary together: `[variables, observations]` gives
  /// `[variables, variables]`; a vector is one variable; `numpy.cov`.
  ///
  /// - Parameters:
  ///   - rowsAreVariables: whether observations lie along the rows; else along the columns.
  ///   - correction: sums are divided by `observations − correction` (`ddof` in NumPy).
  public func covariance(
    rowsAreVariables: Bool = true, correction: Double = 1, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    guard (1...2).contains(rank) else {
      fail("covariance: needs a vector or a matrix: \(type)", at: CallSite(file, line))
    }
    var x = cast(to: dtype.floating)
    if rank == 2, !rowsAreVariables { x = x.matrixTransposed() }
    let rows = x.atLeast2D(file: file, line: line)
    let centered = rows - rows.mean(axis: 1, keepDims: true)
    let divisor = Swift.max(0, Double(rows.shape[1]) - correction)
    let result = centered.matmul(centered.matrixTransposed(), file: file, line: line) / divisor
    return rank == 1 ? result.reshaped([]) : result
  }

  /// How the rows of a matrix vary together, each measured by its own spread: from −1 to 1;
  /// `numpy.corrcoef`. Shapes as in ``covariance(rowsAreVariables:correction:file:line:)``.
  public func correlationCoefficients(
    rowsAreVariables: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard (1...2).contains(rank) else {
      fail("correlationCoefficients: needs a vector or a matrix: \(type)", at: CallSite(file, line))
    }
    let c = covariance(rowsAreVariables: rowsAreVariables, file: file, line: line)
    if c.rank == 0 { return c / c }
    let spread = c.diagonal().sqrt()
    return (c / spread.expandingDims(at: 1) / spread.expandingDims(at: 0)).clip(min: -1, max: 1)
  }
}
