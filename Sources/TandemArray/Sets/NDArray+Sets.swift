// Arrays as sets of numbers. What gives a set waits, as its size depends on the values.

extension NDArray {
  /// Which elements are among those of another array; `numpy.isin`. Does not wait.
  public func isIn(
    _ others: NDArray, inverted: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    if others.count == 0 {
      return withOwnDevice { .full(shape, inverted, dtype: .bool, file: file, line: line) }
    }
    let common = dtype.promoted(with: others.dtype)
    let sorted = others.cast(to: common).flattened().sorted(axis: 0, file: file, line: line)
    let x = cast(to: common)
    let place = sorted.searchSorted(x, file: file, line: line).minimum(others.count - 1)
    let found = sorted.take(place, axis: 0)
    return inverted ? found .!= x : found .== x
  }

  /// Which elements of the flattened array are among those of another one; `numpy.in1d`.
  public func flatIsIn(
    _ others: NDArray, inverted: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    flattened(file: file, line: line).isIn(others, inverted: inverted, file: file, line: line)
  }

  /// The numbers that are in both, in order; `numpy.intersect1d`. Waits.
  public func intersection(
    _ other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let common = dtype.promoted(with: other.dtype)
    let own = unique(file: file, line: line).cast(to: common)
    return own.extract(where: own.isIn(other), file: file, line: line)
  }

  /// The numbers that are in one of the two or in both, in order; `numpy.union1d`. Waits.
  public func union(
    _ other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    appending(other, file: file, line: line).unique(file: file, line: line)
  }

  /// The numbers that are here and not in the other, in order; `numpy.setdiff1d`. Waits.
  public func subtractingSet(
    _ other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let own = unique(file: file, line: line)
    return own.extract(where: own.isIn(other, inverted: true), file: file, line: line)
  }

  /// The numbers that are in one of the two alone, in order; `numpy.setxor1d`. Waits.
  public func symmetricDifference(
    _ other: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let parts = [
      subtractingSet(other, file: file, line: line),
      other.subtractingSet(self, file: file, line: line),
    ]
    return NDArray.concatenated(parts, file: file, line: line).sorted(axis: 0)
  }

  /// The elements without repetitions, in order, and for each element which of them it is;
  /// `numpy.unique_inverse`. Waits.
  public func uniqueWithInverse(
    file: StaticString = #fileID, line: UInt = #line
  ) -> (values: NDArray, inverse: NDArray) {
    let all = uniqueWithPlaces(file: file, line: line)
    return (all.values, all.inverse)
  }

  /// The elements without repetitions, in order, and how often each appears;
  /// `numpy.unique_counts`. Waits.
  public func uniqueWithCounts(
    file: StaticString = #fileID, line: UInt = #line
  ) -> (values: NDArray, counts: NDArray) {
    let all = uniqueWithPlaces(file: file, line: line)
    return (all.values, all.counts)
  }
}
