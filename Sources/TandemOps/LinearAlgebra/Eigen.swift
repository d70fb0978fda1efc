/// Eigenvalues and eigenvectors of a square matrix; `numpy.linalg.eig`. In no order; vectors have
/// length one.
///
/// | value | shape | dtype |
/// | --- | --- | --- |
/// | input | `[..., n, n]` | float32, float64 or complex |
/// | eigenvalues | `[..., n]` | complex |
/// | eigenvectors | `[..., n, n]`, one in each column | complex |
///
/// Results are complex whatever the values are, where NumPy looks at them first.
///
/// The gradient through eigenvectors exists only where the eigenvalues differ, and for what does
/// not depend on the angles of the vectors, which are free.
///
/// - Complexity: O(n³) multiply-adds for each matrix.
public struct Eigen: Op, Codable {
  public static let name = "eigen"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// The operator, which has no attributes.
  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let values = try eigenvalueType(inputs)
    return TensorTypes(values, TensorType(inputs[0].shape, values.dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.Eigen(), [lowering.output(0), lowering.output(1)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // dA = V⁻ᴴ (diag(dλ) + (Vᴴ dV - Vᴴ V diag(Re Vᴴ dV)) / conj(λⱼ - λᵢ), off the diagonal) Vᴴ.
    let (values, vectors) = (outputs[0], outputs[1])
    let adjoint = vectors.mT.conjugated
    var inner: Symbol?
    if let dVectors = cotangents[1] {
      let product = adjoint.matmul(dVectors)
      let lengths = product.diagonal().real.expandingDims(at: -2)
      let free = product - adjoint.matmul(vectors) * lengths
      let off = free * (1 - product.identity(values.shape[-1]))
      inner = off / values.differences.conjugated
    }
    if let dValues = cotangents[0] {
      let diagonal = dValues.diagonalMatrix()
      inner = inner.map { $0 + diagonal } ?? diagonal
    }
    return [inner.flatMap { adjoint.solve($0.matmul(adjoint)).gradient(of: inputs[0]) }]
  }
}

/// The eigenvalues of a square matrix, without its eigenvectors; `numpy.linalg.eigvals`. In no
/// order, and complex.
///
/// | value | shape | dtype |
/// | --- | --- | --- |
/// | input | `[..., n, n]` | float32, float64 or complex |
/// | result | `[..., n]` | complex |
///
/// The gradient, `V⁻ᴴ diag(dy) Vᴴ`, takes an ``Eigen`` of its own.
///
/// - Complexity: O(n³) multiply-adds for each matrix, about two fifths of ``Eigen``.
public struct Eigenvalues: Op, Codable {
  public static let name = "eigenvalues"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public static var acceptsComplex: Bool { true }

  /// The operator, which has no attributes.
  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    TensorTypes(try eigenvalueType(inputs))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.Eigen(vectors: false), [lowering.output(0)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil] }
    let vectors = Symbol.apply(Eigen(), inputs: [inputs[0]], at: .unknown)[1]
    let adjoint = vectors.mT.conjugated
    let turned = dy.expandingDims(at: -1) * adjoint
    return [adjoint.solve(turned).gradient(of: inputs[0])]
  }
}

/// The type of the eigenvalues; throws unless the first input is a square matrix or a batch of
/// such.
private func eigenvalueType(_ inputs: TensorTypes) throws(ShapeError) -> TensorType {
  let x = inputs[0]
  try require(x.rank >= 2, "needs two or more axes", inputs)
  try require(
    x.dtype.part == .float32 || x.dtype.part == .float64, "needs float32, float64 or complex",
    inputs)
  try require(x.rows == x.columns, "needs a square matrix", inputs)
  return TensorType(x.shape.dropLast(), x.dtype.complex)
}

extension Symbol {
  /// The `x` with `self · x = b` for complex matrices: a real system of twice the size.
  fileprivate func solve(_ b: Symbol) -> Symbol {
    let matrix = Symbol.concatenated(
      [
        .concatenated([real, -imaginary], axis: -1), .concatenated([imaginary, real], axis: -1),
      ], axis: -2)
    let x = Linalg.solve(matrix, .concatenated([b.real, b.imaginary], axis: -2))
    let n = shape[-1]
    return .complex(
      real: x.sliced(axis: x.rank - 2, to: n), imaginary: x.sliced(axis: x.rank - 2, from: n))
  }
}

extension Linalg {
  /// Eigenvalues and eigenvectors of a square matrix, complex and in no order; see ``Eigen``.
  public static func eig<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: A, vectors: A) {
    let results = A.apply(Eigen(), inputs: [a], at: CallSite(file, line))
    return (results[0], results[1])
  }

  /// The eigenvalues of a square matrix, complex and in no order; see ``Eigenvalues``.
  public static func eigenvalues<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    .apply(Eigenvalues(), a, at: CallSite(file, line))
  }
}
