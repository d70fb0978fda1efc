/// The eigenvalues of a symmetric matrix, without its eigenvectors; `numpy.linalg.eigvalsh`. Only
/// the lower triangle is looked at.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., n, n]`, float32 or float64 |
/// | result | `[..., n]`, rising |
///
/// The gradient, `V diag(dy) Vᵀ`, takes a ``SymmetricEigen`` of its own.
///
/// - Complexity: O(n³) multiply-adds for each matrix, about a third of ``SymmetricEigen``.
public struct SymmetricEigenvalues: Op, Codable {
  public static let name = "symmetricEigenvalues"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireSquare(inputs)
    return TensorTypes(TensorType(inputs[0].shape.dropLast(), inputs[0].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.SymmetricEigen(vectors: false), [lowering.output(0)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    let vectors = Symbol.apply(SymmetricEigen(), inputs: [inputs[0]], at: .unknown)[1]
    return [(vectors * dy.expandingDims(at: -2)).matmul(vectors.mT)]
  }
}

extension Linalg {
  /// The eigenvalues of a symmetric matrix, rising; see ``SymmetricEigenvalues``.
  public static func symmetricEigenvalues<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    .apply(SymmetricEigenvalues(), a, at: CallSite(file, line))
  }
}
