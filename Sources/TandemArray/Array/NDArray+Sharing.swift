// Whether arrays look at the same memory.

extension NDArray {
  /// Whether an element of this array and one of the other are the same memory;
  /// `numpy.shares_memory`.
  /// Arrays are values all the same: a change of one is never seen in the other.
  ///
  /// - Complexity: O(elements of both).
  public func sharesMemory(with other: NDArray) -> Bool {
    guard mayShareMemory(with: other) else { return false }
    let (few, many) = count <= other.count ? (self, other) : (other, self)
    let own = Set(few.handle.layout.places)
    return many.handle.layout.places.contains { own.contains($0) }
  }

  /// Whether the stretches of memory from the first to the last element overlap;
  /// `numpy.may_share_memory`.
  public func mayShareMemory(with other: NDArray) -> Bool {
    guard case .storage(let own) = handle.content, case .storage(let theirs) = other.handle.content,
      own === theirs, count > 0, other.count > 0
    else { return false }
    return handle.layout.reach.overlaps(other.handle.layout.reach)
  }
}

extension Layout {
  /// From the first place of an element to the last.
  fileprivate var reach: ClosedRange<Int> {
    let spans = (0..<rank).map { (shape[$0] - 1) * stride($0) }
    return
      (offset + spans.filter { $0 < 0 }.reduce(0, +))...(offset
      + spans.filter { $0 > 0 }.reduce(0, +))
  }

  /// The place of each element.
  fileprivate var places: [Int] {
    (0..<rank).reduce([offset]) { places, axis in
      places.flatMap { place in (0..<shape[axis]).map { place + $0 * stride(axis) } }
    }
  }
}
