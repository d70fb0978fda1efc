extension Loop {
  /// A loop over the same elements under another shape.
  struct Reshaped {
    let loop: Loop
    /// The arrays that must be seen under the new shape; the others repeat along what differs.
    let reshapedArrays: Set<Int>
  }

  /// The loop under another shape of as many elements, in row-major order; `nil` if an array
  /// repeats, or a result is turned, along axes that the two shapes do not share at their ends.
  func reshaped(to new: Shape) -> Reshaped? {
    guard !hasReduction else { return nil }
    var shared = 0
    while shared < min(shape.rank, new.rank), shape[-1 - shared] == new[-1 - shared] { shared += 1 }
    let (kept, fresh) = (shape.rank - shared, new.rank - shared)
    let whole = AxisMap(Array(0..<new.rank))
    var reshapedArrays: Set<Int> = []
    var maps: [AxisMap] = []
    for (index, map) in arrays.enumerated() {
      if isWhole(map) {
        reshapedArrays.insert(index)
        maps.append(whole)
      } else if map.axes.prefix(kept).allSatisfy({ $0 < 0 }) {
        maps.append(AxisMap(Array(repeating: -1, count: fresh) + map.axes.suffix(shared)))
      } else {
        return nil
      }
    }
    guard results.allSatisfy({ isWhole($0.axes) && $0.type.shape == shape }) else { return nil }
    let types = results.map { Result(type: TensorType(new, $0.type.dtype), axes: whole) }
    return Reshaped(
      loop: Loop(
        program: program, shape: new, reducedAxes: [], arrays: maps, results: types, label: label),
      reshapedArrays: reshapedArrays)
  }

  /// Whether an iteration in row-major order meets each element of an array once, in its order.
  private func isWhole(_ map: AxisMap) -> Bool {
    map.axes.indices.allSatisfy { map[$0] == $0 }
  }
}
