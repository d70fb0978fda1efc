// Differences of neighbours, and running sums of exponentials.

extension NDArray {
  /// Each element along an axis less the one before it, `order` times over; of bool whether the two
  /// differ; `numpy.diff`.
  public func diff(
    order: Int = 1, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "diff", site)
    guard order >= 0 else { fail("diff: a negative order: \(order): \(type)", at: site) }
    return (0..<order).reduce(self) { x, _ in
      let length = x.shape[along]
      if length == 0 { return x }
      let later = x.sliced(axis: along, from: 1)
      let earlier = x.sliced(axis: along, to: length - 1)
      return dtype == .bool ? later .!= earlier : later - earlier
    }
  }

  /// The differences of neighbours of the flattened array, between further numbers;
  /// `numpy.ediff1d`.
  public func flatDifferences(
    prepending first: NDArray? = nil, appending last: NDArray? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let inner = flattened(file: file, line: line).diff(file: file, line: line)
    let parts = [first, inner, last].compactMap { $0?.cast(to: inner.dtype).flattened() }
    return parts.count == 1 ? inner : .concatenated(parts, file: file, line: line)
  }

  /// The logarithms of the sums of the exponentials of the elements up to each one along an axis,
  /// without overflow; `mlx.logcumsumexp`.
  ///
  /// - Complexity: O(n log n) for an axis of length n: sums are doubled, so that no part of an axis
  ///   is measured by the largest element of another.
  public func logCumulativeSumExp(
    axis: Int, reversed: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "logCumulativeSumExp", site)
    var y = cast(to: dtype.floating)
    let length = shape[along]
    var reach = 1
    while reach < length {
      // Each element covers `reach` elements up to itself; then twice as many.
      let head = y.sliced(
        axis: along, from: reversed ? length - reach : 0,
        to: reversed ? length : reach)
      let near = y.sliced(
        axis: along, from: reversed ? 0 : reach, to: reversed ? length - reach : nil)
      let far = y.sliced(
        axis: along, from: reversed ? reach : 0, to: reversed ? nil : length - reach)
      let sums = near.logAddExp(far, file: file, line: line)
      y = .concatenated(reversed ? [sums, head] : [head, sums], axis: along)
      reach *= 2
    }
    return y
  }
}
