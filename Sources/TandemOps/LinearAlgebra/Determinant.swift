/// The determinant of a square matrix; `numpy.linalg.det`. ``LogDeterminant`` does not overflow.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., n, n]`, float32 or float64 |
/// | result | `[...]` |
///
/// The gradient exists only where the matrix has an inverse.
///
/// - Complexity: O(n³ / 3) multiply-adds for each matrix.
public struct Determinant: Op, Codable {
  public static let name = "determinant"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireSquare(inputs)
    return TensorTypes(TensorType(inputs[0].batch, inputs[0].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(TandemKernels.Determinant(), [lowering.output(0)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // d det A = det A · A⁻ᵀ
    guard let dy = cotangents[0] else { return [nil] }
    let inverse = Symbol.apply(Inverse(), inputs[0], at: .unknown)
    let scale = (dy * outputs[0]).expandingDims(at: -1).expandingDims(at: -1)
    return [inverse.mT * scale]
  }
}
