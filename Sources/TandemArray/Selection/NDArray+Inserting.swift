// Slices put between others, and taken away: the places are Swift numbers, so that the shape of the
// result is known.

extension NDArray {
  /// The array with slices put in front of the given places along an axis; without an axis, of the
  /// flattened array; `numpy.insert`.
  ///
  /// - Parameters:
  ///   - values: broadcasts to one slice for each place.
  ///   - places: in the array as it is now, up to its length; negative ones count from the end.
  ///     Slices for the same place keep their order.
  public func inserting(
    _ values: NDArray, at places: [Int], axis: Int? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard let axis else {
      return flattened(file: file, line: line)
        .inserting(values, at: places, axis: 0, file: file, line: line)
    }
    let along = self.axis(axis, "inserting", site)
    let length = shape[along]
    let chosen = places.map { place in
      let index = place < 0 ? place + length : place
      guard (0...length).contains(index) else {
        fail("inserting: no place \(place) along axis \(along): \(type)", at: site)
      }
      return index
    }
    var slices = shape
    slices[along] = places.count
    guard (try? TandemShapes.broadcast(values.shape, slices)) == slices else {
      fail("inserting: values do not fit \(slices): \(type), \(values.type)", at: site)
    }
    let new = values.cast(to: dtype).broadcast(to: slices, file: file, line: line)
    // New slices have the numbers behind the old ones; each stands in front of its place.
    let keys = chosen.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
    var order: [Int] = []
    var next = keys[...]
    for old in 0...length {
      while let key = next.first, key.element == old {
        order.append(length + key.offset)
        next.removeFirst()
      }
      if old < length { order.append(old) }
    }
    return NDArray.concatenated([self, new], axis: along, file: file, line: line)
      .take(withOwnDevice { NDArray(order, shape: [order.count]) }, axis: along)
  }

  /// The array without the slices at the given places along an axis; without an axis, of the
  /// flattened array; `numpy.delete`.
  ///
  /// - Parameter places: negative ones count from the end; one may be named twice.
  public func removing(
    at places: [Int], axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard let axis else {
      return flattened(file: file, line: line)
        .removing(at: places, axis: 0, file: file, line: line)
    }
    let along = self.axis(axis, "removing", site)
    let length = shape[along]
    var isKept = [Bool](repeating: true, count: length)
    for place in places {
      let index = place < 0 ? place + length : place
      guard isKept.indices.contains(index) else {
        fail("removing: no place \(place) along axis \(along): \(type)", at: site)
      }
      isKept[index] = false
    }
    let kept = isKept.indices.filter { isKept[$0] }
    return take(
      withOwnDevice { NDArray(kept, shape: [kept.count]) }, axis: along, file: file, line: line)
  }

  /// The array without the slices of a range of places along an axis; `numpy.delete` with a slice.
  public func removing(
    _ range: Range<Int>, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "removing", site)
    guard (0...shape[along]).contains(range.upperBound), range.lowerBound >= 0 else {
      fail("removing: no places \(range) along axis \(along): \(type)", at: site)
    }
    return NDArray.concatenated(
      [
        sliced(axis: along, to: range.lowerBound, file: file, line: line),
        sliced(axis: along, from: range.upperBound, file: file, line: line),
      ], axis: along, file: file, line: line)
  }

  /// Each slice along an axis repeated as often as its number says; `numpy.repeat` with counts.
  public func repeated(
    counts: [Int], axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "repeated", site)
    guard counts.count == shape[along], counts.allSatisfy({ $0 >= 0 }) else {
      fail("repeated: counts do not fit axis \(along): \(counts): \(type)", at: site)
    }
    let order = zip(0..., counts).flatMap { [Int](repeating: $0, count: $1) }
    return take(
      withOwnDevice { NDArray(order, shape: [order.count]) }, axis: along, file: file, line: line)
  }

  /// The array without the zeros at its ends; waits, as the shape depends on the values;
  /// `numpy.trim_zeros`.
  public func trimmingZeros(
    front: Bool = true, back: Bool = true, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    if rank != 1 { fail("trimmingZeros: needs one axis: \(type)", at: site) }
    let places = nonzero(at: site)[0]
    if places.count == 0 { return sliced(axis: 0, to: 0, file: file, line: line) }
    let first = front ? places[0].item(as: Int.self) : 0
    let last = back ? places[-1].item(as: Int.self) : count - 1
    return sliced(axis: 0, from: first, to: last + 1, file: file, line: line)
  }

  /// An axis that a user gave, from the front.
  func axis(_ axis: Int, _ operation: String, _ site: CallSite) -> Int {
    guard let index = shape.normalized(axis: axis) else {
      fail("\(operation): no axis \(axis): \(type)", at: site)
    }
    return index
  }
}
