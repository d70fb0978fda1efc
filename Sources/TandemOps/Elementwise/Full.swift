/// One number repeated to fill a shape, in memory of its own; `numpy.full`.
public struct Full: Op, Codable {
  public static let name = "full"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The shape of the result.
  public let shape: Shape

  /// The operator with these attributes.
  public init(shape: Shape) { self.shape = shape }

  public static var acceptsComplex: Bool { true }

  public static var acceptsNumbers: Bool { true }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs[0].rank == 0, "needs a zero-dimensional value", inputs)
    return TensorTypes(TensorType(shape, inputs[0].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    if inputs[0].dtype.kind == .complex {
      return lowering.mapComplex(lowering.output(0), [lowering.input(0)]) { $0[0] }
    }
    lowering.map([lowering.output(0)], [lowering.input(0)]) { [$0[0]] }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0]?.sum()] }
}
