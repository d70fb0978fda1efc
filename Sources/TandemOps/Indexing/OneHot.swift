/// Rows that are one where the index says and zero elsewhere; an index out of range gives zeros.
///
/// | value | shape |
/// | --- | --- |
/// | indices | `[...]`, int32 or int64 |
/// | result | `[..., depth]` |
public struct OneHot: NonDifferentiableOp, Codable {
  public static let name = "oneHot"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The length of the rows.
  public let depth: Int
  /// The dtype of the result.
  public let dtype: DType

  public init(depth: Int, dtype: DType) { (self.depth, self.dtype) = (depth, dtype) }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(
      inputs[0].dtype == .int32 || inputs[0].dtype == .int64, "indices need int32 or int64", inputs)
    try require(depth >= 0, "the depth \(depth) is negative", inputs)
    try require(inputs[0].rank < Shape.maximumRank, "has as many axes as there can be", inputs)
    return TensorTypes(TensorType(inputs[0].shape.appending(depth), dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(TandemKernels.OneHot(), [lowering.output(0)], [lowering.input(0)])
  }
}

extension ArrayExpression {
  /// Rows of length `depth` that are one where the elements, indices, say; see ``OneHot``.
  public func oneHot(
    _ depth: Int, dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(OneHot(depth: depth, dtype: dtype), asIndices(), at: CallSite(file, line))
  }
}
