/// The Moore–Penrose inverse, by the singular value decomposition; `numpy.linalg.pinv`.
///
/// | value | shape |
/// | --- | --- |
/// | input | `[..., m, n]`, float32 or float64 |
/// | result | `[..., n, m]` |
///
/// The gradient exists where the rank does not change nearby; it does not need singular values that
/// differ.
///
/// - Complexity: O(m n min(m, n)) multiply-adds for each matrix.
/// - Reference: Golub and Pereyra, *The Differentiation of Pseudo-Inverses and Nonlinear Least
///   Squares Problems Whose Variables Separate*, SIAM J. Numer. Anal. 10 (1973).
public struct PseudoInverse: Op, Codable {
  public static let name = "pseudoInverse"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// Singular values up to this part of the largest count as zero.
  public let tolerance: Double

  /// The operator with these attributes.
  public init(tolerance: Double) { self.tolerance = tolerance }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireMatrix(inputs)
    try require(tolerance >= 0, "the tolerance \(tolerance) is not zero or more", inputs)
    let a = inputs[0]
    return TensorTypes(TensorType(a.batch.appending(a.columns, a.rows), a.dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (a, x) = (inputs[0], lowering.input(0))
    let k = min(a.rows, a.columns)
    guard k > 0 else { return }
    let u = lowering.temporary(TensorType(a.batch.appending(a.rows, k), a.dtype))
    let s = lowering.temporary(TensorType(a.batch.appending(k), a.dtype))
    let vT = lowering.temporary(TensorType(a.batch.appending(k, a.columns), a.dtype))
    lowering.emit(TandemKernels.SVD(), [u, s, vT], [x])
    let largest = s.with(s.layout.sliced(axis: a.rank - 2, start: 0, step: 1, count: 1))
    let scaled = lowering.temporary(TensorType(vT.shape, a.dtype))
    func column(_ slot: Lowering.Slot) -> Lowering.Slot {
      slot.with(slot.layout.inserting(axis: a.rank - 1)).broadcast(to: vT.shape)
    }
    lowering.map([scaled], [vT, column(s), column(largest)]) { x in
      let counts = x[1].isGreater(than: x[2] * x[2].constant(tolerance))
      return [counts.select(x[0] / x[1], x[0].constant(0))]
    }
    let order = Array(0..<a.rank - 2) + [a.rank - 1, a.rank - 2]
    lowering.emit(
      MatrixProduct(), [lowering.output(0)],
      [scaled.with(scaled.layout.permuted(order)), u.with(u.layout.permuted(order))])
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // dA = -Pᵀ G Pᵀ + (I - A P) Gᵀ P Pᵀ + Pᵀ P Gᵀ (I - P A), products of tall matrices first.
    guard let g = cotangents[0] else { return [nil] }
    let (a, p) = (inputs[0], outputs[0])
    let left = g.mT.matmul(p).matmul(p.mT)  // Gᵀ P Pᵀ
    let right = p.mT.matmul(p.matmul(g.mT))  // Pᵀ P Gᵀ
    let inner = p.mT.matmul(g).matmul(p.mT)
    return [left - a.matmul(p.matmul(left)) + right - right.matmul(p).matmul(a) - inner]
  }
}

extension Linalg {
  /// The Moore–Penrose inverse; see ``PseudoInverse``.
  ///
  /// - Parameter tolerance: singular values up to this part of the largest count as zero; `nil`:
  ///   the larger of `m` and `n` times the dtype's precision, as for
  ///   ``rank(_:tolerance:file:line:)``.
  public static func pseudoInverse<A: ArrayExpression>(
    _ a: A, tolerance: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let tolerance = tolerance ?? negligible(a.type)
    return .apply(PseudoInverse(tolerance: tolerance), a, at: CallSite(file, line))
  }

  /// The part of the largest singular value that rounding alone may reach.
  static func negligible(_ a: TensorType) -> Double {
    let size = a.shape.array.suffix(2).max() ?? 0
    return Double(size) * (a.dtype == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne))
  }
}
