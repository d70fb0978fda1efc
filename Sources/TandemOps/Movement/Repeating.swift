// Repetition and rotation, made of other operators.

extension ArrayExpression {
  /// The array repeated as a whole along each axis; `numpy.tile`.
  ///
  /// - Parameter counts: one for each axis; more than there are axes put new ones in front.
  public func tiled(
    _ counts: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    for count in counts where count < 0 {
      fail("tiled: negative count \(count): \(type)", at: site)
    }
    let total = Swift.max(rank, counts.count)
    let lengths = [Int](repeating: 1, count: total - rank) + shape.array
    let times = [Int](repeating: 1, count: total - counts.count) + counts
    var result = reshaped(Shape(lengths), file: file, line: line)
    for axis in lengths.indices where times[axis] != 1 {
      result = result.repeatingAxis(axis, times[axis], inner: false, at: site)
    }
    return result
  }

  /// Each element repeated along an axis; `numpy.repeat`.
  public func repeated(
    _ count: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "repeated", at: site)
    guard count >= 0 else { fail("repeated: negative count \(count): \(type)", at: site) }
    return repeatingAxis(axis, count, inner: true, at: site)
  }

  /// The elements moved along an axis by a number of places, those that leave it at one end coming
  /// in at the other; `numpy.roll`.
  public func rolled(
    by shift: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "rolled", at: site)
    let length = shape[axis]
    let places = length == 0 ? 0 : ((shift % length) + length) % length
    if places == 0 { return self }
    let tail = sliced(axis: axis, from: length - places, file: file, line: line)
    let head = sliced(axis: axis, to: length - places, file: file, line: line)
    return .concatenated([tail, head], axis: axis, file: file, line: line)
  }

  /// An axis `count` times: as a whole, or each element.
  private func repeatingAxis(_ axis: Int, _ count: Int, inner: Bool, at site: CallSite) -> Self {
    // The copies lie along an axis of their own, which is then merged with the repeated one.
    let place = inner ? axis + 1 : axis
    var shape = shape
    guard rank < Shape.maximumRank else {
      let copies = [Self](repeating: self, count: count)
      guard !inner, count > 0 else {
        fail("repeated: needs a free axis among \(Shape.maximumRank): \(type)", at: site)
      }
      return .apply(Concatenate(axis: axis), inputs: copies, at: site)[0]
    }
    let expanded: Self = .apply(ExpandDims(axis: place), self, at: site)
    let stretched: Self = .apply(
      Broadcast(to: shape.inserting(count, at: place)), expanded, at: site)
    shape[axis] *= count
    return .apply(Reshape(to: shape), stretched, at: site)
  }
}
