/// The reduced QR factorization `A = Q R`: orthonormal columns times an upper triangle;
/// `numpy.linalg.qr`.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., m, n]`, float32 or float64 |
/// | `Q` | `[..., m, min(m, n)]` |
/// | `R` | `[..., min(m, n), n]`, zeros below the diagonal |
///
/// - Complexity: O(m n min(m, n)) multiply-adds for each matrix.
/// - Reference: Walter and Lehmann, *Algorithmic Differentiation of Linear Algebra Functions with
///   Application in Optimum Experimental Design*, arXiv:1001.1654.
public struct QR: Op, Codable {
  public static let name = "qr"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public init() {}

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireMatrix(inputs)
    let (a, k) = (inputs[0], min(inputs[0].rows, inputs[0].columns))
    return TensorTypes(
      TensorType(a.batch.appending(a.rows, k), a.dtype),
      TensorType(a.batch.appending(k, a.columns), a.dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.QR(), [lowering.output(0), lowering.output(1)], [lowering.input(0)])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard cotangents[0] != nil || cotangents[1] != nil else { return [nil] }
    let (a, q, r) = (inputs[0], outputs[0], outputs[1])
    let dQ = cotangents[0] ?? q * 0
    let dR = cotangents[1] ?? r * 0
    let (rows, columns) = (a.type.rows, a.type.columns)
    if rows >= columns { return [Self.tall(q, r, dQ, dR)] }
    // A = [X | Y] with X square: X = Q U, R = [U | V], Y = Q V.
    let y = a.sliced(axis: -1, from: rows, to: columns)
    let (u, dU) = (
      r.sliced(axis: -1, from: 0, to: rows), dR.sliced(axis: -1, from: 0, to: rows)
    )
    let dV = dR.sliced(axis: -1, from: rows, to: columns)
    let dX = Self.tall(q, u, dQ + y.matmul(dV.mT), dU)
    return [Symbol.concatenated([dX, q.matmul(dV)], axis: -1)]
  }

  /// The gradient where there are at least as many rows as columns:
  /// `dA = (dQ + Q copyltu(R dRᵀ - dQᵀ Q)) R⁻ᵀ`.
  private static func tall(_ q: Symbol, _ r: Symbol, _ dQ: Symbol, _ dR: Symbol) -> Symbol {
    let m = r.matmul(dR.mT) - dQ.mT.matmul(q)
    let copied = m.triangularLower() + m.triangularLower(offset: -1).mT
    let right = dQ + q.matmul(copied)
    return r.solvingTriangular(right.mT, lower: false).mT
  }
}
