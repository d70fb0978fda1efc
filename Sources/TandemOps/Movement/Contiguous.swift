/// The same elements in row-major order in memory, a copy; `numpy.ascontiguousarray`.
///
/// Gradient: `dy`.
public struct Contiguous: Op, Codable {
  public static let name = "contiguous"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// The operator, which has no attributes.
  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes { inputs }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.copy(lowering.input(0), to: lowering.output(0))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0]] }
}

extension ArrayExpression {
  /// The same elements in row-major order in memory; see ``Contiguous``.
  public func contiguous(file: StaticString = #fileID, line: UInt = #line) -> Self {
    .apply(Contiguous(), self, at: CallSite(file, line))
  }
}
