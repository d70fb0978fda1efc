extension ArrayExpression {
  /// The sums of windows over the spatial axes: means times the numbers of elements that they were
  /// divided by; padding is zeros. See
  /// ``maxPool(window:stride:padding:paddingEnd:dilation:ceilMode:file:line:)`` for the parameters.
  public func sumPool(
    window: [Int], stride: [Int]? = nil, padding: [Int] = [0], paddingEnd: [Int]? = nil,
    ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let geometry = poolGeometry(
      "sumPool", window, stride, (padding, paddingEnd ?? padding), [1], ceilMode, site)
    var sums = Self.apply(AveragePool(geometry, countsPadding: true), self, at: site)
    sums = .apply(Multiply(), sums, sums.scalar(Double(geometry.window.elementCount)), at: site)
    guard ceilMode else { return sums }
    // A window that reaches beyond the padding was divided by fewer elements, always those at the
    // end of an axis: what is too much is taken off there.
    for axis in 0..<geometry.rank {
      let length = sums.shape[axis + 2]
      let end = shape[axis + 2] + geometry.paddingBegin[axis] + geometry.paddingEnd[axis]
      let start = (length - 1) * geometry.stride[axis]
      let present = Swift.min(geometry.window[axis], end - start)
      guard length > 0, present < geometry.window[axis] else { continue }
      let head = sums.sliced(axis: axis + 2, to: length - 1, file: file, line: line)
      let tail = sums.sliced(axis: axis + 2, from: length - 1, file: file, line: line)
      let share = Double(present) / Double(geometry.window[axis])
      let scaled = Self.apply(Multiply(), tail, tail.scalar(share), at: site)
      sums = .concatenated([head, scaled], axis: axis + 2, file: file, line: line)
    }
    return sums
  }
}
