/// Indices resolved against a shape: first basic indexing, which gives a view, then arrays that
/// gather from some axes of the view.
struct ResolvedIndex {
  /// The basic part.
  let plan: IndexPlan
  /// The integer arrays, each with the axis of the view that it gathers from.
  let arrays: [(axis: Int, indices: NDArray)]
  /// Where in the result the axes of the arrays go, counted in axes of the view that no array
  /// takes.
  ///
  /// NumPy's rule: in the place of the first array or integer if these stand side by side, else
  /// first.
  let position: Int

  /// The shape to which the arrays broadcast, if they do.
  var arrayShape: Shape? {
    var shape = Shape()
    for (_, indices) in arrays {
      guard let both = try? broadcast(shape, indices.shape) else { return nil }
      shape = both
    }
    return shape
  }

  /// Whether the basic part is all of an array of `shape`.
  func isWholeArray(_ shape: Shape) -> Bool {
    plan.steps == shape.array.map { .slice(start: 0, step: 1, count: $0) }
  }

  /// - Throws: `ShapeError` in the words that the user reads.
  init(
    _ indices: [any AxisIndex], for type: TensorType, at site: CallSite
  ) throws(ShapeError) {
    let kinds = try ResolvedIndex.expanded(indices.map(\.axisIndex.kind), type, site)
    let usesArrays = kinds.contains { if case .array = $0 { true } else { false } }
    var (steps, arrays): ([IndexPlan.Step], [(axis: Int, indices: NDArray)]) = ([], [])
    var (source, view, free) = (0, 0, 0)
    var advanced: [Int] = []
    var position = 0
    for (place, kind) in kinds.enumerated() {
      switch kind {
      case .position(let index):
        if usesArrays {
          if advanced.isEmpty { position = free }
          advanced.append(place)
        }
        steps.append(.select(try ResolvedIndex.position(index, axis: source, type)))
        source += 1
      case .range(let lower, let upper, let step, let written):
        steps.append(
          try ResolvedIndex.slice(lower, upper, step, written, axis: source, type))
        (source, view, free) = (source + 1, view + 1, free + 1)
      case .newAxis:
        steps.append(.newAxis)
        (view, free) = (view + 1, free + 1)
      case .array(let indices):
        if advanced.isEmpty { position = free }
        advanced.append(place)
        steps.append(.slice(start: 0, step: 1, count: type.shape[source]))
        arrays.append((view, indices))
        (source, view) = (source + 1, view + 1)
      case .ellipsis: break
      }
    }
    let adjacent = zip(advanced, advanced.dropFirst()).allSatisfy { $1 == $0 + 1 }
    self.plan = IndexPlan(steps)
    self.arrays = arrays
    self.position = adjacent ? position : 0
  }

  /// The indices with masks turned into integer arrays and the ellipsis (or its absence at the end)
  /// into whole axes, so that every axis has one. The ellipsis itself stays in front of its axes:
  /// even an empty one stands between arrays.
  private static func expanded(
    _ kinds: [Axis.Kind], _ type: TensorType, _ site: CallSite
  ) throws(ShapeError) -> [Axis.Kind] {
    let taken = kinds.map(axesTaken)
    let left = type.rank - taken.reduce(0, +)
    guard left >= 0 else {
      throw ShapeError("index: \(type.rank - left) indices for \(type.rank) axes: \(type)")
    }
    let whole = Axis.Kind.range(lower: nil, upper: nil, step: 1, written: ".all")
    let wholes = Array(repeating: whole, count: left)
    var result: [Axis.Kind] = []
    var (axis, hasEllipsis) = (0, false)
    for (kind, count) in zip(kinds, taken) {
      switch kind {
      case .ellipsis:
        guard !hasEllipsis else { throw ShapeError("index: more than one ellipsis: \(type)") }
        hasEllipsis = true
        result += [kind] + wholes
        axis += left
      case .array(let array) where array.dtype == .bool:
        result += try mask(array, axis: axis, of: type, site).map { .array($0) }
      case .array(let array):
        guard array.dtype.isInteger else {
          throw ShapeError("index: an array of indices holds integers or bool, not \(array.type)")
        }
        result.append(kind)
      default: result.append(kind)
      }
      axis += count
    }
    return hasEllipsis ? result : result + wholes
  }

  /// How many axes an index takes; of the ellipsis not counted.
  private static func axesTaken(by kind: Axis.Kind) -> Int {
    switch kind {
    case .newAxis, .ellipsis: 0
    case .array(let array): array.dtype == .bool ? array.rank : 1
    case .position, .range: 1
    }
  }

  /// A mask as one integer array for each of its axes; waits for the mask.
  private static func mask(
    _ mask: NDArray, axis: Int, of type: TensorType, _ site: CallSite
  ) throws(ShapeError) -> [NDArray] {
    guard mask.rank > 0 else {
      throw ShapeError("index: a mask needs an axis: \(mask.type), \(type)")
    }
    guard type.shape.array[axis..<axis + mask.rank] == mask.shape.array[...] else {
      throw ShapeError("index: the mask does not cover axes of its shape: \(mask.type), \(type)")
    }
    return mask.nonzero(at: site)
  }

  private static func position(
    _ index: Int, axis: Int, _ type: TensorType
  ) throws(ShapeError) -> Int {
    let length = type.shape[axis]
    let position = index < 0 ? index + length : index
    guard (0..<length).contains(position) else {
      throw ShapeError(
        "index: \(index) is out of range for axis \(axis) of length \(length): \(type)")
    }
    return position
  }

  private static func slice(
    _ lower: Int?, _ upper: Int?, _ step: Int, _ written: String, axis: Int, _ type: TensorType
  ) throws(ShapeError) -> IndexPlan.Step {
    let length = type.shape[axis]
    guard step != 0 else { throw ShapeError("index: the step of \(written) is zero: \(type)") }
    func bound(_ bound: Int?, _ whole: Int) throws(ShapeError) -> Int {
      guard let bound else { return whole }
      let position = bound < 0 ? bound + length : bound
      guard (0...length).contains(position) else {
        throw ShapeError(
          "index: \(written) is out of range for axis \(axis) of length \(length): \(type)")
      }
      return position
    }
    let from = try bound(lower, step > 0 ? 0 : length - 1)
    let to = upper == nil && step < 0 ? -1 : try bound(upper, length)
    // Every step beyond the axis takes one element; the largest would overflow.
    let pace = min(max(step, -length - 1), length + 1)
    let count = pace > 0 ? (to - from + pace - 1) / pace : (from - to - pace - 1) / -pace
    if count <= 0 { return .slice(start: 0, step: 1, count: 0) }
    guard from < length else {
      throw ShapeError(
        "index: \(written) is out of range for axis \(axis) of length \(length): \(type)")
    }
    return .slice(start: from, step: pace, count: count)
  }
}
