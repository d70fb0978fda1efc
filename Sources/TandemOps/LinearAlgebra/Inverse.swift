/// The inverse of a square matrix; `numpy.linalg.inv`. To solve a system, ``Solve`` is faster and
/// more accurate.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., n, n]`, float32 or float64 |
/// | result | `[..., n, n]` |
///
/// A singular matrix fails when the operator runs.
///
/// - Complexity: O(n³) multiply-adds for each matrix.
public struct Inverse: Op, Codable {
  public static let name = "inverse"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireSquare(inputs)
    return TensorTypes(inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(TandemKernels.Inverse(), [lowering.output(0)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    let inverse = outputs[0].mT
    return [-inverse.matmul(dy).matmul(inverse)]
  }
}
