import TandemKernels

/// Loops over one iteration space on their way to become one.
struct LoopGroup {
  /// The lengths of the axes.
  private(set) var shape: Shape
  /// The axes that reductions gather; `nil` without any.
  private(set) var reducedAxes: [Int]?
  /// For each member, which axis of the group each of its axes is.
  private(set) var axes: [Int: [Int]]

  init(_ node: Int, _ loop: Loop) {
    shape = loop.shape
    axes = [node: Array(0..<loop.shape.rank)]
    reducedAxes = loop.hasReduction ? loop.reducedAxes : nil
  }

  /// The group together with another, or `nil` if they do not go together.
  ///
  /// - Parameter link: for each axis of the other group the axis of this one.
  func joined(with other: LoopGroup, link: [Int]) -> LoopGroup? {
    guard Set(link) == Set(0..<shape.rank), link.count == shape.rank else { return nil }
    var result = self
    if let gathered = other.reducedAxes {
      let mapped = gathered.map { link[$0] }
      if let reducedAxes {
        // The order in which elements are gathered decides the bits.
        guard mapped == reducedAxes else { return nil }
      } else if mapped != mapped.sorted() {
        result.reorder(link)
        for (node, map) in other.axes { result.axes[node] = map }
        result.reducedAxes = gathered
        return result
      } else {
        result.reducedAxes = mapped
      }
    }
    for (node, map) in other.axes { result.axes[node] = map.map { link[$0] } }
    return result
  }

  /// Puts the axes into another order: new axis `i` is the old axis `order[i]`.
  private mutating func reorder(_ order: [Int]) {
    var place = order
    for (new, old) in order.enumerated() { place[old] = new }
    shape = Shape(order.map { shape[$0] })
    axes = axes.mapValues { $0.map { place[$0] } }
  }

  /// A map of a member as a map of the group.
  func map(_ map: AxisMap, of node: Int) -> AxisMap {
    var result = Array(repeating: -1, count: shape.rank)
    for (axis, place) in axes[node]!.enumerated() { result[place] = map[axis] }
    return AxisMap(result)
  }
}

extension Loop {
  /// Whether some output is reduced.
  var hasReduction: Bool { program.hasReduction }
}
