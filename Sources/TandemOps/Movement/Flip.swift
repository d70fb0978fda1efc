/// The elements in opposite order along some axes, a view; `numpy.flip`.
///
/// Gradient: `dy` flipped.
public struct Flip: ViewOp {
  public static let name = "flipped"

  /// The axes whose order changes, from the front, sorted.
  public let axes: [Int]

  /// The operator with these attributes.
  public init(axes: [Int]) { self.axes = axes }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    for axis in axes {
      try require((0..<inputs[0].rank).contains(axis), "no axis \(axis)", inputs)
    }
    try requireAscending(axes, inputs)
    return TensorTypes(inputs[0])
  }

  public func view(of input: Layout) -> Layout? {
    axes.reduce(input) { layout, axis in
      let count = layout.shape[axis]
      return layout.sliced(axis: axis, start: count - 1, step: -1, count: count)
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0].map { .apply(self, $0, at: .unknown) }] }
}

extension ArrayExpression {
  /// The elements in opposite order along one axis (all if `nil`); see ``Flip``.
  public func flipped(
    axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    flipped(axes: axis.map { [$0] }, file: file, line: line)
  }

  /// The elements in opposite order along several axes (all if `nil`); see ``Flip``.
  public func flipped(
    axes: [Int]?, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    return .apply(Flip(axes: self.axes(axes, of: "flipped", at: site)), self, at: site)
  }
}
