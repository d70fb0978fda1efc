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

  /// All elements, in row-major order, moved by a number of places; `numpy.roll` without an axis.
  public func rolled(
    by shift: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    flattened(file: file, line: line).rolled(by: shift, axis: 0, file: file, line: line)
      .reshaped(shape, file: file, line: line)
  }

  /// The elements moved along several axes, by one number of places for each; `numpy.roll`.
  public func rolled(
    by shifts: [Int], axes: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    guard shifts.count == axes.count else {
      fail(
        "rolled: \(shifts.count) shifts for \(axes.count) axes: \(type)", at: CallSite(file, line))
    }
    return zip(shifts, axes).reduce(self) { array, move in
      array.rolled(by: move.0, axis: move.1, file: file, line: line)
    }
  }

  /// Each element of the flattened array repeated; `numpy.repeat` without an axis.
  public func repeated(
    _ count: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    flattened(file: file, line: line).repeated(count, axis: 0, file: file, line: line)
  }

  /// The array turned by quarters in the plane of two axes, from the first towards the second;
  /// `numpy.rot90`.
  public func rotated(
    quarterTurns: Int = 1, axes: (Int, Int) = (0, 1), file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let (first, second) = (
      axis(axes.0, of: "rotated", at: site), axis(axes.1, of: "rotated", at: site)
    )
    if first == second { fail("rotated: axis \(first) is given twice: \(type)", at: site) }
    switch ((quarterTurns % 4) + 4) % 4 {
    case 0: return self
    case 1:
      return flipped(axis: second, file: file, line: line)
        .swappingAxes(first, second, file: file, line: line)
    case 2: return flipped(axes: [first, second], file: file, line: line)
    default:
      return swappingAxes(first, second, file: file, line: line)
        .flipped(axis: second, file: file, line: line)
    }
  }

  /// The rows in opposite order; `numpy.flipud`.
  public func flippedUpDown(file: StaticString = #fileID, line: UInt = #line) -> Self {
    flipped(axis: 0, file: file, line: line)
  }

  /// The columns in opposite order; `numpy.fliplr`.
  public func flippedLeftRight(file: StaticString = #fileID, line: UInt = #line) -> Self {
    flipped(axis: 1, file: file, line: line)
  }

  /// The elements, from the start again when they are used up, in another shape; zeros if there
  /// are none; `numpy.resize`.
  public func resized(
    to shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let needed = shape.elementCount
    if count == 0 { return zeros(shape) }
    let flat = flattened(file: file, line: line)
    let times = needed / count + (needed % count == 0 ? 0 : 1)
    let enough = times == 1 ? flat : flat.tiled([times], file: file, line: line)
    return enough.sliced(axis: 0, to: needed, file: file, line: line)
      .reshaped(shape, file: file, line: line)
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
