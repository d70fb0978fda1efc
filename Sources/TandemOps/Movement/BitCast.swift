/// The bytes of the elements read as another dtype; `numpy.ndarray.view`, `mlx.view`. A copy.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., n]` |
/// | result | the same if elements are as wide; else the last axis as long as its bytes say |
///
/// No gradient flows. Bytes are not read as bool, of which only 0 and 1 are.
///
/// - Throws: `ShapeError` if widths differ and there is no last axis, or its bytes are no whole
///   number of elements.
public struct BitCast: NonDifferentiableOp, Codable {
  public static let name = "bitCast"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// What the bytes are read as.
  public let dtype: DType

  /// The operator with these attributes.
  public init(to dtype: DType) { self.dtype = dtype }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    var (shape, width) = (inputs[0].shape, inputs[0].dtype.byteCount)
    try require(dtype != .bool || inputs[0].dtype == .bool, "bytes are no truth values", inputs)
    if width == dtype.byteCount { return TensorTypes(TensorType(shape, dtype)) }
    try require(shape.rank > 0, "needs a last axis for \(dtype)", inputs)
    width *= shape[-1]
    try require(
      width % dtype.byteCount == 0, "the last axis holds no whole number of \(dtype)", inputs)
    shape[shape.rank - 1] = width / dtype.byteCount
    return TensorTypes(TensorType(shape, dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let target = lowering.output(0)
    let isAsWide = inputs[0].dtype.byteCount == dtype.byteCount
    // Of another width the result is freshly made and so row-major.
    let bytes = Lowering.Slot(
      index: target.index, layout: isAsWide ? target.layout : Layout(inputs[0].shape),
      dtype: inputs[0].dtype, scalar: nil)
    lowering.copy(lowering.input(0), to: bytes)
  }
}

extension ArrayExpression {
  /// The bytes of the elements read as another dtype; see ``BitCast``.
  public func bitCast(
    to dtype: DType, file: StaticString = #fileID, line: UInt = #line
  ) -> Self { .apply(BitCast(to: dtype), self, at: CallSite(file, line)) }
}
