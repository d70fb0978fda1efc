/// A new axis of length one, a view; `numpy.expand_dims`.
public struct ExpandDims: ViewOp {
  public static let name = "expandingDims"

  /// Where the new axis stands in the result, from the front.
  public let axis: Int

  /// The operator with these attributes.
  public init(axis: Int) { self.axis = axis }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs[0].rank < Shape.maximumRank, "has as many axes as there can be", inputs)
    try require((0...inputs[0].rank).contains(axis), "no place \(axis) for an axis", inputs)
    return TensorTypes(TensorType(inputs[0].shape.inserting(1, at: axis), inputs[0].dtype))
  }

  public func view(of input: Layout) -> Layout? { input.inserting(axis: axis) }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0]?.reshaped(inputs[0].shape)] }
}

extension ArrayExpression {
  /// The array with a new axis of length one at `axis` of the result; negative ones count from the
  /// end of the result. See ``ExpandDims``.
  public func expandingDims(
    at axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(
      ExpandDims(axis: axis < 0 ? axis + rank + 1 : axis), self, at: CallSite(file, line))
  }
}
