// Places of elements as numbers: those that are not zero, and places of a shape as one number.

extension NDArray {
  /// The places, in row-major order, of the elements that are not zero, as one int64 array;
  /// `numpy.flatnonzero`. Waits, as the number of them depends on the values.
  public func flatNonzero(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    flattened(file: file, line: line).nonzero(file: file, line: line)[0]
  }

  /// The places of the elements that are not zero, one a row: int64, `[count, rank]`;
  /// `numpy.argwhere`. Waits.
  public func argWhere(file: StaticString = #fileID, line: UInt = #line) -> NDArray {
    if rank == 0 {
      let isThere = flatNonzero(file: file, line: line).count
      return withOwnDevice { .zeros(Shape([isThere, 0]), dtype: .int64) }
    }
    return .stacked(nonzero(file: file, line: line), axis: 1, file: file, line: line)
  }

  /// The elements where a condition of the same number of elements holds, in row-major order;
  /// `numpy.extract`. Waits.
  public func extract(
    where condition: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard condition.count == count else {
      fail(
        "extract: needs one truth value for each element: \(type), \(condition.type)",
        at: CallSite(file, line))
    }
    return take(condition.flatNonzero(file: file, line: line), file: file, line: line)
  }

  /// The slices along an axis (without one, elements of the flattened array) where a vector of
  /// truth values holds; `numpy.compress`. Waits.
  ///
  /// - Parameter condition: no longer than the axis; what it does not reach is left out.
  public func compress(
    where condition: NDArray, axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let length = axis.map { shape[self.axis($0, "compress", site)] } ?? count
    guard condition.rank == 1, condition.count <= length else {
      fail("compress: needs a vector of at most \(length): \(type), \(condition.type)", at: site)
    }
    return take(condition.flatNonzero(file: file, line: line), axis: axis, file: file, line: line)
  }

  /// The indices of places of a shape that are given as numbers in row-major order: one array for
  /// each axis; `numpy.unravel_index`.
  ///
  /// - Parameter shape: without zeros. Numbers outside of it give the places that they have in
  ///   its repetition along the first axis; nothing looks at values.
  public func unraveledIndex(
    in shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> [NDArray] {
    requireIndices("unraveledIndex", CallSite(file, line))
    var rest = cast(to: .int64)
    var result: [NDArray] = []
    for length in shape.array.dropFirst().reversed() {
      result.append(rest.remainder(length, file: file, line: line))
      rest = rest.floorDivide(length, file: file, line: line)
    }
    return shape.rank == 0 ? [] : (result + [rest]).reversed()
  }

  /// Places of a shape, given by one index array for each axis, as numbers in row-major order;
  /// `numpy.ravel_multi_index`.
  public static func raveledIndex(
    _ indices: [NDArray], in shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard let first = indices.first, indices.count == shape.rank else {
      fail("raveledIndex: \(indices.count) index arrays for \(shape)", at: site)
    }
    for index in indices { index.requireIndices("raveledIndex", site) }
    return zip(indices, shape.array).dropFirst().reduce(first.cast(to: .int64)) { sum, next in
      sum * next.1 + next.0.cast(to: .int64)
    }
  }

  private func requireIndices(_ name: String, _ site: CallSite) {
    if !dtype.isInteger { fail("\(name): needs integers: \(type)", at: site) }
  }
}
