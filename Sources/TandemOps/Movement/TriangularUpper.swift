/// The matrices in the last two axes with zeros below a diagonal; `numpy.triu`.
///
/// Keeps shape and dtype: element `[i, j]` stays where `j ≥ i + offset`.
/// Gradient: the same of `dy`.
///
/// - Throws: `ShapeError` if there are fewer than two axes.
public struct TriangularUpper: Op, Codable {
  public static let name = "triangularUpper"

  public static var acceptsComplex: Bool { true }

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// Which diagonal: 0 the main one, above zero those over it, below zero those under it.
  public let offset: Int

  /// The operator with these attributes.
  public init(offset: Int = 0) { self.offset = offset }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs[0].rank >= 2, "needs two or more axes", inputs)
    try requireDiagonal(offset, inputs)
    return inputs
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.keep(.aboveDiagonal(offset), of: lowering.input(0), in: lowering.output(0))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0].map { .apply(self, $0, at: .unknown) }] }
}

extension ArrayExpression {
  /// The elements on and above a diagonal of the matrices in the last two axes, zeros elsewhere;
  /// see ``TriangularUpper``.
  public func triangularUpper(
    offset: Int = 0, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(TriangularUpper(offset: offset), self, at: CallSite(file, line))
  }
}
