/// Matrices that are zero but for one diagonal, which the last axis of the input fills;
/// `numpy.diag` of a vector, and the transpose of ``Diagonal``.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., length of the diagonal]` |
/// | result | `[..., rows, columns]` |
///
/// Gradient: ``Diagonal``.
public struct DiagonalMatrix: Op, Codable {
  public static let name = "diagonalMatrix"

  public static var acceptsComplex: Bool { true }

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The rows of the result.
  public let rows: Int
  /// The columns of the result.
  public let columns: Int
  /// Which diagonal: 0 the main one, above zero those over it, below zero those under it.
  public let offset: Int

  /// The operator with these attributes.
  public init(rows: Int, columns: Int, offset: Int = 0) {
    (self.rows, self.columns, self.offset) = (rows, columns, offset)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require((1..<Shape.maximumRank).contains(inputs[0].rank), "needs one to seven axes", inputs)
    try requireDiagonal(offset, inputs)
    try require(rows >= 0 && columns >= 0, "there is no shape \([rows, columns])", inputs)
    let length = Diagonal(offset: offset).length(rows: rows, columns: columns)
    try require(
      inputs[0].shape[-1] == length,
      "diagonal \(offset) of \([rows, columns]) has \(length) elements",
      inputs)
    return TensorTypes(
      TensorType(inputs[0].shape.dropLast().appending(rows, columns), inputs[0].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    guard let place = Diagonal(offset: offset).view(of: result.layout) else { return }
    lowering.fill(result, with: ScalarValue(0, result.dtype))
    lowering.copy(lowering.input(0), to: result.with(place))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0]?.diagonal(offset: offset)] }
}

extension ArrayExpression {
  /// Square matrices that are zero but for one diagonal, which the last axis fills; see
  /// ``DiagonalMatrix``.
  public func diagonalMatrix(
    offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard rank > 0 else { fail("diagonalMatrix: needs one to seven axes: \(type)", at: site) }
    let size = shape[-1] + Swift.abs(offset)
    return .apply(DiagonalMatrix(rows: size, columns: size, offset: offset), self, at: site)
  }
}
