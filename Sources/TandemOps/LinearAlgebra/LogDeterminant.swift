/// The sign and the logarithm of the absolute value of the determinant, which do not overflow;
/// `numpy.linalg.slogdet`.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., n, n]`, float32 or float64 |
/// | sign | `[...]`: -1, 0 or 1 |
/// | logarithm | `[...]`: minus infinity for a singular matrix |
///
/// - Complexity: O(n³ / 3) multiply-adds for each matrix.
public struct LogDeterminant: Op, Codable {
  public static let name = "logDeterminant"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireSquare(inputs)
    let type = TensorType(inputs[0].batch, inputs[0].dtype)
    return TensorTypes(type, type)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      SignLogDeterminant(), [lowering.output(0), lowering.output(1)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // d log|det A| = A⁻ᵀ; the sign is piecewise constant.
    guard let dy = cotangents[1] else { return [nil] }
    let inverse = Symbol.apply(Inverse(), inputs[0], at: .unknown)
    return [inverse.mT * dy.expandingDims(at: -1).expandingDims(at: -1)]
  }
}
