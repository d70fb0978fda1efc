/// Eigenvalues, rising, and orthonormal eigenvectors of a symmetric matrix; `numpy.linalg.eigh`.
/// Only the lower triangle is looked at.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., n, n]`, float32 or float64 |
/// | eigenvalues | `[..., n]` |
/// | eigenvectors | `[..., n, n]`, one in each column |
///
/// The gradient through eigenvectors exists only where the eigenvalues differ.
///
/// - Complexity: O(n³) multiply-adds for each matrix.
public struct SymmetricEigen: Op, Codable {
  public static let name = "symmetricEigen"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireSquare(inputs)
    return TensorTypes(TensorType(inputs[0].shape.dropLast(), inputs[0].dtype), inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.SymmetricEigen(), [lowering.output(0), lowering.output(1)],
      [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // dA = V (diag(dλ) + Vᵀ dV / (λⱼ - λᵢ), off the diagonal) Vᵀ.
    let (values, vectors) = (outputs[0], outputs[1])
    var inner: Symbol?
    if let dVectors = cotangents[1] {
      let product = vectors.mT.matmul(dVectors)
      let free = product * (1 - product.identity(values.shape[-1]))
      inner = free / values.differences
    }
    if let dValues = cotangents[0] {
      let diagonal = dValues.diagonalMatrix()
      inner = inner.map { $0 + diagonal } ?? diagonal
    }
    return [inner.map { vectors.matmul($0).matmul(vectors.mT).symmetrized }]
  }
}
