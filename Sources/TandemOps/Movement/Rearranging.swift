// Other ways to say `transposed` and `reshaped`.

extension ArrayExpression {
  /// One axis moved to another place, the others in their order; `numpy.moveaxis`.
  public func movedAxis(
    from source: Int, to target: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let (source, target) = (
      axis(source, of: "movedAxis", at: site), axis(target, of: "movedAxis", at: site)
    )
    if source == target { return self }
    var order = Array(0..<rank)
    order.insert(order.remove(at: source), at: target)
    return .apply(Transpose(order: order), self, at: site)
  }

  /// All elements in row-major order along one axis; `numpy.ravel`.
  public func flattened(file: StaticString = #fileID, line: UInt = #line) -> Self {
    reshaped(Shape([count]), file: file, line: line)
  }

  /// The axes from `start` on merged into one; `flattened(from: 1)` keeps a batch axis.
  public func flattened(
    from start: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let start = axis(start, of: "flattened", at: CallSite(file, line))
    let rest = (start..<rank).reduce(1) { $0 * shape[$1] }
    return reshaped(Shape(shape.array[..<start] + [rest]), file: file, line: line)
  }

  /// Axes moved to other places, the rest in their order; `numpy.moveaxis` of several.
  ///
  /// - Parameters:
  ///   - sources: axes, each once.
  ///   - targets: as many places in the result, each once.
  public func movedAxes(
    from sources: [Int], to targets: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard sources.count == targets.count else {
      fail("movedAxes: \(sources.count) axes for \(targets.count) places: \(type)", at: site)
    }
    let from = sources.map { axis($0, of: "movedAxes", at: site) }
    let to = targets.map { axis($0, of: "movedAxes", at: site) }
    _ = (axes(from, of: "movedAxes", at: site), axes(to, of: "movedAxes", at: site))
    var order = (0..<rank).filter { !from.contains($0) }
    for (place, source) in zip(to, from).sorted(by: { $0.0 < $1.0 }) {
      order.insert(source, at: place)
    }
    return .apply(Transpose(order: order), self, at: site)
  }

  /// One axis moved backward to lie in front of the axis that is now at `place`;
  /// `numpy.rollaxis`, which ``movedAxis(from:to:file:line:)`` says more clearly.
  ///
  /// - Parameter place: an axis, or the rank: to the end.
  public func rolledAxis(
    _ source: Int, before place: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let source = axis(source, of: "rolledAxis", at: site)
    let place = place < 0 ? place + rank : place
    guard (0...rank).contains(place) else {
      fail("rolledAxis: no place \(place) among the axes: \(type)", at: site)
    }
    let target = source < place ? place - 1 : place
    return movedAxis(from: source, to: target, file: file, line: line)
  }

  /// One axis in place of which several lie, of these lengths; one of them may be -1, which is
  /// what is left; `mlx.unflatten`.
  public func unflattened(
    axis: Int, to lengths: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "unflattened", at: site)
    let known = lengths.filter { $0 != -1 }.reduce(1) { $0.multipliedReportingOverflow(by: $1).0 }
    let free = lengths.count { $0 == -1 }
    var filled = lengths
    if free == 1, known > 0, shape[axis] % known == 0 {
      filled = lengths.map { $0 == -1 ? shape[axis] / known : $0 }
    }
    guard filled.allSatisfy({ $0 >= 0 }), !filled.isEmpty,
      filled.reduce(1, { $0.multipliedReportingOverflow(by: $1).0 }) == shape[axis],
      rank - 1 + filled.count <= Shape.maximumRank
    else { fail("unflattened: axis \(axis) is not \(lengths): \(type)", at: site) }
    let all = shape.array
    return reshaped(
      Shape(all[..<axis] + filled + all[(axis + 1)...]), file: file, line: line)
  }

  /// The array with the shape of another one; `mxnet.npx.reshape_like`.
  public func reshaped(
    like other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self { reshaped(other.shape, file: file, line: line) }

  /// The array stretched to the shape of another one; `mxnet.npx.broadcast_like`.
  public func broadcast(
    like other: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self { broadcast(to: other.shape, file: file, line: line) }

  /// The start of the array along the given axes (all if `nil`), as long as another array is
  /// there; `mxnet.npx.slice_like`.
  public func sliced(
    like other: Self, axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    return self.axes(axes, of: "sliced", at: site).reduce(self) { part, axis in
      guard axis < other.rank, other.shape[axis] <= shape[axis] else {
        fail("sliced: axis \(axis) is shorter than the other's: \(type), \(other.type)", at: site)
      }
      return part.sliced(axis: axis, to: other.shape[axis], file: file, line: line)
    }
  }

  /// Arrays stretched to the shape that all of them broadcast to; `numpy.broadcast_arrays`.
  public static func broadcastTogether(
    _ arrays: [Self], file: StaticString = #fileID, line: UInt = #line
  ) -> [Self] {
    guard var shape = arrays.first?.shape else { return [] }
    for other in arrays.dropFirst() {
      guard let both = try? TandemShapes.broadcast(shape, other.shape) else {
        fail(
          "broadcastTogether: shapes do not fit: \(TensorTypes(arrays.map(\.type)))",
          at: CallSite(file, line))
      }
      shape = both
    }
    return arrays.map { $0.broadcast(to: shape, file: file, line: line) }
  }
}
