/// The array stretched to a shape without copying: axes of length one, and new leading axes,
/// repeat; `numpy.broadcast_to`.
public struct Broadcast: ViewOp {
  public static let name = "broadcast"

  /// The shape of the result.
  public let shape: Shape

  /// The operator with these attributes.
  public init(to shape: Shape) { self.shape = shape }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let result = try? TandemShapes.broadcast(inputs[0].shape, shape)
    try require(result == shape, "does not stretch to \(shape)", inputs)
    return TensorTypes(TensorType(shape, inputs[0].dtype))
  }

  public func view(of input: Layout) -> Layout? { input.broadcast(to: shape) }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [cotangents[0]?.summed(to: inputs[0].shape)] }
}

extension ArrayExpression {
  /// The array stretched to `shape`; see ``Broadcast``. Free if it has it already.
  public func broadcast(
    to shape: Shape, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    self.shape == shape
      ? self : .apply(Broadcast(to: shape), self, at: CallSite(file, line))
  }
}
