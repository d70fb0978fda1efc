// Orders beyond one sort along one axis.

extension NDArray {
  /// The elements along an axis so that the one at `place` is where a sort would put it, none
  /// before it is larger and none behind it smaller; `numpy.partition`. The rest, which NumPy
  /// leaves open, is in order, too.
  ///
  /// - Complexity: O(n log n) for each line, that of a sort.
  public func partitioned(
    at place: Int, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    requirePlace("partitioned", place, axis, CallSite(file, line))
    return sorted(axis: axis, file: file, line: line)
  }

  /// The indices that put the elements along an axis as ``partitioned(at:axis:file:line:)`` does;
  /// `numpy.argpartition`.
  public func argPartition(
    at place: Int, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    requirePlace("argPartition", place, axis, CallSite(file, line))
    return argSort(axis: axis, file: file, line: line)
  }

  private func requirePlace(_ name: String, _ place: Int, _ axis: Int, _ site: CallSite) {
    let length = shape[self.axis(axis, name, site)]
    guard (-length..<length).contains(place) else {
      fail("\(name): no place \(place) along axis \(axis): \(type)", at: site)
    }
  }

  /// The indices, along the last axis, that put arrays of one shape in order: by the last of them,
  /// where that is equal by the last but one, …; `numpy.lexsort`.
  public static func lexSort(
    _ keys: [NDArray], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard let first = keys.first else { fail("lexSort: no keys", at: site) }
    for key in keys where key.shape != first.shape || key.rank == 0 {
      fail("lexSort: keys need one shape with an axis: \(first.type), \(key.type)", at: site)
    }
    return keys.dropFirst().reduce(first.argSort(file: file, line: line)) { order, key in
      let next = key.takeAlongAxis(order, axis: -1).argSort(file: file, line: line)
      return order.takeAlongAxis(next, axis: -1, file: file, line: line)
    }
  }

  /// In which of the ranges between bounds each element lies: 0 before the first of them, their
  /// number behind the last; `numpy.digitize`.
  ///
  /// - Parameters:
  ///   - bounds: in order, from the largest down if `descending`.
  ///   - right: whether a range holds its upper bound, not its lower one.
  public func digitized(
    _ bounds: NDArray, right: Bool = false, descending: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    if bounds.rank != 1 {
      fail("digitized: needs a vector of bounds: \(type), \(bounds.type)", at: CallSite(file, line))
    }
    if !descending { return bounds.searchSorted(self, right: !right, file: file, line: line) }
    let rising = bounds.flipped(axis: 0, file: file, line: line)
    return bounds.count - rising.searchSorted(self, right: !right, file: file, line: line)
  }
}
