/// The Cholesky factor of a symmetric positive definite matrix: the lower triangular `L` with
/// `A = L Lᵀ`; `numpy.linalg.cholesky`. Only the lower triangle of `A` is looked at.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., n, n]`, float32 or float64 |
/// | result | `[..., n, n]`, zeros above the diagonal |
///
/// A matrix that is not positive definite fails when the operator runs.
///
/// - Complexity: O(n³ / 3) multiply-adds for each matrix.
/// - Reference: Murray, *Differentiation of the Cholesky decomposition*, arXiv:1602.07527.
public struct Cholesky: Op, Codable {
  public static let name = "cholesky"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireSquare(inputs)
    return TensorTypes(inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(TandemKernels.Cholesky(), [lowering.output(0)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // dA = sym(L⁻ᵀ P L⁻¹) with P the lower triangle of Lᵀ dL, its diagonal halved.
    guard let dL = cotangents[0] else { return [nil] }
    let factor = outputs[0]
    let product = factor.mT.matmul(dL)
    let p = (product.triangularLower() + product.triangularLower(offset: -1)) * 0.5
    let left = factor.solvingTriangular(p, lower: true, transposed: true)  // L⁻ᵀ P
    let both = factor.solvingTriangular(left.mT, lower: true, transposed: true).mT
    return [both.symmetrized]
  }
}
