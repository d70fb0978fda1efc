/// The reduced singular value decomposition `A = U diag(s) Vᵀ`; `numpy.linalg.svd` with
/// `full_matrices=False`.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., m, n]`, float32 or float64 |
/// | `u` | `[..., m, k]` with `k = min(m, n)`, orthonormal columns |
/// | `s` | `[..., k]`, falling |
/// | `vT` | `[..., k, n]`, orthonormal rows |
///
/// The gradient through `u` and `vT` exists only where the singular values differ from each other
/// and from zero.
///
/// - Complexity: O(m n min(m, n)) multiply-adds for each matrix.
/// - Reference: Townsend, *Differentiating the Singular Value Decomposition*, 2016.
public struct SVD: Op, Codable {
  public static let name = "svd"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireMatrix(inputs)
    let (a, k) = (inputs[0], min(inputs[0].rows, inputs[0].columns))
    return [
      TensorType(a.batch.appending(a.rows, k), a.dtype),
      TensorType(a.batch.appending(k), a.dtype),
      TensorType(a.batch.appending(k, a.columns), a.dtype),
    ]
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.SVD(),
      [lowering.output(0), lowering.output(1), lowering.output(2)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let (u, s, vT) = (outputs[0], outputs[1], outputs[2])
    let row = s.expandingDims(at: -2)  // [..., 1, k], scales columns
    let column = s.expandingDims(at: -1)  // [..., k, 1], scales rows
    let gaps = (s * s).differences
    var inner: Symbol?  // [..., k, k]
    var outside: Symbol?  // [..., m, n]
    func add(_ term: Symbol, to sum: inout Symbol?) { sum = sum.map { $0 + term } ?? term }

    if let dS = cotangents[1] { add(dS.diagonalMatrix(), to: &inner) }
    if let dU = cotangents[0] {
      let product = u.mT.matmul(dU)
      add(product.skew / gaps * row, to: &inner)
      if inputs[0].type.rows > s.shape[-1] {
        add(((dU - u.matmul(product)) / row).matmul(vT), to: &outside)
      }
    }
    if let dVT = cotangents[2] {
      let product = vT.matmul(dVT.mT)
      add(column * (product.skew / gaps), to: &inner)
      if inputs[0].type.columns > s.shape[-1] {
        add((u / row).matmul(dVT - product.mT.matmul(vT)), to: &outside)
      }
    }
    guard let inner else { return [nil] }
    let inside = u.matmul(inner).matmul(vT)
    return [outside.map { inside + $0 } ?? inside]
  }
}
