/// The solution `X` of `A X = B`, by LU factorization with partial pivoting; `numpy.linalg.solve`.
///
/// | value | shape |
/// | --- | --- |
/// | `A` | `[..., n, n]`, float32 or float64 |
/// | `B` | `[..., n, k]` |
/// | result | `[..., n, k]`; batch axes broadcast |
///
/// A singular matrix fails when the operator runs.
///
/// - Complexity: O(n³ + n² k) multiply-adds for each matrix.
public struct Solve: Op, Codable {
  public static let name = "solve"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let batch = try requireSystem(inputs)
    return TensorTypes(
      TensorType(batch.appending(inputs[1].rows, inputs[1].columns), inputs[1].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let result = lowering.output(0)
    let batch = result.shape.dropLast(2)
    let n = inputs[0].rows
    lowering.emit(
      TandemKernels.Solve(), [result],
      [
        lowering.input(0).broadcast(to: batch.appending(n, n)),
        lowering.input(1).broadcast(to: result.shape),
      ])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // dB = A⁻ᵀ dX, dA = -dB Xᵀ.
    guard let dX = cotangents[0] else { return [nil, nil] }
    let (a, b, x) = (inputs[0], inputs[1], outputs[0])
    let dB = Symbol.apply(Solve(), a.mT, dX, at: .unknown)
    return [(-dB.matmul(x.mT)).summed(to: a.shape), dB.summed(to: b.shape)]
  }
}
