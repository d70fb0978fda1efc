/// The diagonal of the matrices in the last two axes, a view; `numpy.diagonal` with `axis1=-2,
/// axis2=-1`.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., m, n]` |
/// | result | `[..., length of the diagonal]` |
///
/// Gradient: ``DiagonalMatrix``.
///
/// - Throws: `ShapeError` if there are fewer than two axes.
public struct Diagonal: ViewOp {
  public static let name = "diagonal"

  /// Which diagonal: 0 the main one, above zero those over it, below zero those under it.
  public let offset: Int

  /// The operator with these attributes.
  public init(offset: Int = 0) { self.offset = offset }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs[0].rank >= 2, "needs two or more axes", inputs)
    try requireDiagonal(offset, inputs)
    let shape = inputs[0].shape
    let length = length(rows: shape[-2], columns: shape[-1])
    return TensorTypes(TensorType(shape.dropLast(2).appending(length), inputs[0].dtype))
  }

  /// How many elements the diagonal has.
  func length(rows: Int, columns: Int) -> Int {
    max(0, min(rows - max(0, -offset), columns - max(0, offset)))
  }

  public func view(of input: Layout) -> Layout? {
    let (row, column) = (input.rank - 2, input.rank - 1)
    let length = length(rows: input.shape[row], columns: input.shape[column])
    let step = input.stride(row) + input.stride(column)
    var result = input.removing(axis: column).sliced(axis: row, start: 0, step: 1, count: length)
    result.setStride(step, of: row)
    if length > 0 {
      result.offset += max(0, -offset) * input.stride(row) + max(0, offset) * input.stride(column)
    }
    return result
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isDifferentiable else { return [nil] }
    let matrix = DiagonalMatrix(
      rows: inputs[0].shape[-2], columns: inputs[0].shape[-1], offset: offset)
    return [.apply(matrix, dy, at: .unknown)]
  }
}

/// Throws if a diagonal lies so far away that sums with its number could overflow.
func requireDiagonal(_ offset: Int, _ inputs: TensorTypes) throws(ShapeError) {
  try require((-1 << 40...1 << 40).contains(offset), "there is no diagonal \(offset)", inputs)
}

extension ArrayExpression {
  /// The diagonal of the matrices in the last two axes, `offset` places above the main one; see
  /// ``Diagonal``.
  public func diagonal(
    offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(Diagonal(offset: offset), self, at: CallSite(file, line))
  }
}
