/// Basic indexing, resolved against a shape: what happens to each axis. Nothing of it moves
/// elements.
public struct IndexPlan: Hashable, Sendable, Codable {
  /// One step; all but `newAxis` take the next axis of the source.
  public enum Step: Hashable, Sendable, Codable {
    /// One position; the axis goes away.
    case select(Int)
    /// `count` positions from `start` in steps.
    case slice(start: Int, step: Int, count: Int)
    /// A new axis of length one.
    case newAxis

    /// What a saved position is called.
    enum SelectCodingKeys: String, CodingKey { case _0 = "index" }
  }

  /// The steps, covering every axis of the source.
  public let steps: [Step]

  /// The operator with these attributes.
  public init(_ steps: [Step]) { self.steps = steps }

  /// The layout of what is selected.
  public func layout(of source: Layout) -> Layout {
    var result = source
    var axis = 0
    for step in steps {
      switch step {
      case .select(let index): result = result.selecting(index, axis: axis)
      case .slice(let start, let step, let count):
        result = result.sliced(axis: axis, start: start, step: step, count: count)
        axis += 1
      case .newAxis:
        result = result.inserting(axis: axis)
        axis += 1
      }
    }
    return result
  }

  /// The shape of what is selected.
  ///
  /// - Throws: `ShapeError` if the steps do not fit the shape; it names axis, index and length.
  public func shape(of source: Shape) throws(ShapeError) -> Shape {
    var result = Shape()
    var axis = 0
    for step in steps {
      guard step == .newAxis || axis < source.rank else {
        throw ShapeError("too many indices for \(source)")
      }
      guard result.rank < Shape.maximumRank else {
        throw ShapeError("more than \(Shape.maximumRank) axes")
      }
      switch step {
      case .newAxis: result.append(1)
      case .select(let index):
        try IndexPlan.check(index, axis, source)
        axis += 1
      case .slice(let start, let step, let count):
        guard count >= 0, step != 0 else {
          throw ShapeError("\(count) elements in steps of \(step) along axis \(axis)")
        }
        if count > 0 {
          let (reach, overflows) = step.multipliedReportingOverflow(by: count - 1)
          try IndexPlan.check(start, axis, source)
          try IndexPlan.check(overflows ? .max : start &+ reach, axis, source)
        }
        result.append(count)
        axis += 1
      }
    }
    guard axis == source.rank else { throw ShapeError("too few indices for \(source)") }
    return result
  }

  private static func check(_ index: Int, _ axis: Int, _ shape: Shape) throws(ShapeError) {
    guard (0..<shape[axis]).contains(index) else {
      throw ShapeError(
        "index \(index) is out of range for axis \(axis) of length \(shape[axis])")
    }
  }
}
