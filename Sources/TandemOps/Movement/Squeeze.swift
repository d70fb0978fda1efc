/// The array without some axes of length one, a view; `numpy.squeeze`.
///
/// Gradient: `dy` under the input's shape.
///
/// - Throws: `ShapeError` if one of the axes is longer or shorter than one.
public struct Squeeze: ViewOp {
  public static let name = "squeezed"

  /// The axes that go, from the front, sorted.
  public let axes: [Int]

  /// The operator with these attributes.
  public init(axes: [Int]) { self.axes = axes }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    for axis in axes {
      try require((0..<inputs[0].rank).contains(axis), "no axis \(axis)", inputs)
      try require(
        inputs[0].shape[axis] == 1, "axis \(axis) has length \(inputs[0].shape[axis]), not 1",
        inputs)
    }
    try requireAscending(axes, inputs)
    let shape = inputs[0].shape.reduced(over: axes, keepDims: false)
    return TensorTypes(TensorType(shape, inputs[0].dtype))
  }

  public func view(of input: Layout) -> Layout? {
    axes.reversed().reduce(input) { $0.removing(axis: $1) }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0]?.reshaped(inputs[0].shape)] }
}

extension ArrayExpression {
  /// The array without `axis`, whose length is one; without all axes of length one if `nil`. See
  /// ``Squeeze``.
  public func squeezed(
    axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    squeezed(
      axes: axis.map { [$0] } ?? (0..<rank).filter { shape[$0] == 1 }, file: file, line: line)
  }

  /// The array without several axes, whose lengths are one; see ``Squeeze``.
  public func squeezed(
    axes: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "squeezed", at: site)
    return axes.isEmpty ? self : .apply(Squeeze(axes: axes), self, at: site)
  }
}
