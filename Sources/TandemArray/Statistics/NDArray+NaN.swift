// Reductions that leave out what is not a number. Integers and bool have no NaN: for them each is
// the plain reduction.

extension NDArray {
  /// The array with a number in place of NaN.
  private func fillingNaN(_ value: Double) -> NDArray {
    dtype.isFloatingPoint ? .where(isNaN(), constant(ScalarValue(value, dtype)), self) : self
  }

  /// The sum of what is not NaN; `numpy.nansum`.
  public func nanSum(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { fillingNaN(0).sum(axis: axis, keepDims: keepDims, file: file, line: line) }

  /// The product of what is not NaN; `numpy.nanprod`.
  public func nanProduct(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { fillingNaN(1).product(axis: axis, keepDims: keepDims, file: file, line: line) }

  /// The sums of what is not NaN up to each element; `numpy.nancumsum`.
  public func nanCumulativeSum(
    axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { fillingNaN(0).cumulativeSum(axis: axis, file: file, line: line) }

  /// The products of what is not NaN up to each element; `numpy.nancumprod`.
  public func nanCumulativeProduct(
    axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray { fillingNaN(1).cumulativeProduct(axis: axis, file: file, line: line) }

  /// The largest of what is not NaN; NaN if there is nothing else; `numpy.nanmax`.
  public func nanMax(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let most = fillingNaN(-.infinity).max(axis: axis, keepDims: keepDims, file: file, line: line)
    return withNaN(most, axis, keepDims)
  }

  /// The smallest of what is not NaN; NaN if there is nothing else; `numpy.nanmin`.
  public func nanMin(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let least = fillingNaN(.infinity).min(axis: axis, keepDims: keepDims, file: file, line: line)
    return withNaN(least, axis, keepDims)
  }

  /// NaN where all elements of a line are NaN.
  private func withNaN(_ result: NDArray, _ axis: Int?, _ keepDims: Bool) -> NDArray {
    guard dtype.isFloatingPoint else { return result }
    let nothing = isNaN().all(axis: axis, keepDims: keepDims)
    return .where(nothing, constant(ScalarValue(.nan, dtype)), result)
  }

  /// The place of the largest of what is not NaN, zero if there is nothing else (where NumPy
  /// stops); `numpy.nanargmax`.
  public func nanArgMax(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    fillingNaN(-.infinity).argMax(axis: axis, keepDims: keepDims, file: file, line: line)
  }

  /// The place of the smallest of what is not NaN, zero if there is nothing else (where NumPy
  /// stops); `numpy.nanargmin`.
  public func nanArgMin(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    fillingNaN(.infinity).argMin(axis: axis, keepDims: keepDims, file: file, line: line)
  }

  /// The mean of what is not NaN; NaN if there is nothing else; `numpy.nanmean`.
  public func nanMean(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard dtype.isFloatingPoint else {
      return mean(axis: axis, keepDims: keepDims, file: file, line: line)
    }
    let wide = cast(to: dtype.accumulating)
    let sum = wide.nanSum(axis: axis, keepDims: keepDims, file: file, line: line)
    return (sum / numbersCount(axis, keepDims).cast(to: wide.dtype)).cast(to: dtype)
  }

  /// The variance of what is not NaN; NaN if there is nothing else; `numpy.nanvar`.
  ///
  /// - Parameter correction: the sum of squares is divided by the count less this (`ddof`).
  public func nanVariance(
    axis: Int? = nil, correction: Double = 0, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard dtype.isFloatingPoint else {
      return variance(
        axis: axis, correction: correction, keepDims: keepDims, file: file, line: line)
    }
    let wide = cast(to: dtype.accumulating)
    let deviation = wide - wide.nanMean(axis: axis, keepDims: true, file: file, line: line)
    // Filled before it is squared, so that no gradient is made of NaN.
    let squares = deviation.fillingNaN(0).squared().sum(axis: axis, keepDims: keepDims)
    let free = numbersCount(axis, keepDims).cast(to: wide.dtype) - correction
    let divisor = NDArray.where(free .<= 0, wide.constant(ScalarValue(.nan, wide.dtype)), free)
    return (squares / divisor).cast(to: dtype)
  }

  /// The root of ``nanVariance(axis:correction:keepDims:file:line:)``; `numpy.nanstd`.
  public func nanStandardDeviation(
    axis: Int? = nil, correction: Double = 0, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    nanVariance(axis: axis, correction: correction, keepDims: keepDims, file: file, line: line)
      .sqrt()
  }

  /// How many elements are numbers.
  private func numbersCount(_ axis: Int?, _ keepDims: Bool) -> NDArray {
    (.!isNaN()).sum(axis: axis, keepDims: keepDims)
  }
}
