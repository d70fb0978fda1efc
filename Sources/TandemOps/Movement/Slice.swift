/// A regular part of an array, a view: along each axis `count` elements from `start` on, `step`
/// apart. Basic indexing in NumPy, `x[1:7:2]`.
///
/// Steps may be negative. Gradient: ``Pad``, zeros with `dy` in the place of the part.
///
/// - Throws: `ShapeError` if there is not one start, step and count for each axis, a step is zero,
///   or the part reaches beyond the array.
public struct Slice: ViewOp {
  public static let name = "sliced"

  /// Where the part starts along each axis, from the front.
  public let starts: [Int]
  /// How far apart its elements lie along each axis; may be negative, not zero.
  public let steps: [Int]
  /// How many elements it has along each axis.
  public let counts: [Int]

  /// The operator with these attributes.
  public init(starts: [Int], steps: [Int], counts: [Int]) {
    (self.starts, self.steps, self.counts) = (starts, steps, counts)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireFit(in: inputs[0].shape, inputs)
    return TensorTypes(TensorType(Shape(counts), inputs[0].dtype))
  }

  /// Refuses a part that is not one of an array of `shape`.
  func requireFit(in shape: Shape, _ inputs: TensorTypes) throws(ShapeError) {
    let ranks = [starts.count, steps.count, counts.count]
    try require(
      ranks.allSatisfy { $0 == shape.rank }, "needs one start, step and count for each axis", inputs
    )
    for axis in 0..<shape.rank {
      let (start, step, count) = (starts[axis], steps[axis], counts[axis])
      try require(step != 0, "step 0 along axis \(axis)", inputs)
      try require(count >= 0, "negative count \(count) along axis \(axis)", inputs)
      guard count > 0 else { continue }
      let (reach, overflows) = (count - 1).multipliedReportingOverflow(by: step)
      let last = start &+ reach
      try require(
        (0..<shape[axis]).contains(start) && (0..<shape[axis]).contains(last) && !overflows,
        "elements \(start) to \(last) reach beyond axis \(axis) of length \(shape[axis])", inputs)
    }
  }

  public func view(of input: Layout) -> Layout? {
    (0..<input.rank).reduce(input) { layout, axis in
      layout.sliced(axis: axis, start: starts[axis], step: steps[axis], count: counts[axis])
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isDifferentiable else { return [nil] }
    let pad = Pad(to: inputs[0].shape, at: self, with: ScalarValue(0, dy.dtype))
    return [.apply(pad, dy, at: .unknown)]
  }
}

extension ArrayExpression {
  /// A regular part of the array: one start, count and step (1 if not given) for each axis. See
  /// ``Slice``.
  public func sliced(
    starts: [Int], counts: [Int], steps: [Int]? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    let steps = steps ?? starts.map { _ in 1 }
    return .apply(
      Slice(starts: starts, steps: steps, counts: counts), self, at: CallSite(file, line))
  }

  /// The elements from `start` up to, not with, `end` along one axis, `step` apart. Negative places
  /// count from the end of the axis. See ``Slice``.
  ///
  /// - Parameter step: greater than zero.
  public func sliced(
    axis: Int, from start: Int = 0, to end: Int? = nil, by step: Int = 1,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "sliced", at: site)
    guard step > 0 else { fail("sliced: step \(step) is not greater than zero: \(type)", at: site) }
    let length = shape[axis]
    let first = start < 0 ? start + length : start
    let last = end.map { $0 < 0 ? $0 + length : $0 } ?? length
    guard first >= 0, last <= length, first <= last else {
      fail("sliced: \(start) to \(end ?? length) is no part of axis \(axis): \(type)", at: site)
    }
    var (starts, steps, counts) = (
      shape.array.map { _ in 0 }, shape.array.map { _ in 1 }, shape.array
    )
    (starts[axis], steps[axis]) = (first, step)
    counts[axis] = (last - first + step - 1) / step
    return .apply(Slice(starts: starts, steps: steps, counts: counts), self, at: site)
  }
}
