/// The solution of least squares of `a x ≈ b`, and what `numpy.linalg.lstsq` says beside it, which
/// is computed only when asked for.
public struct LeastSquares<A: ArrayExpression>: Sendable {
  /// The `x` of least length among those that minimise `‖a x - b‖`: `[..., n, k]`, or `[n]` for a
  /// vector `b`.
  public let solution: A
  private let a: A
  private let b: A
  private let tolerance: Double?

  init(_ a: A, _ b: A, tolerance: Double?, at site: CallSite) {
    (self.a, self.b, self.tolerance) = (a, b, tolerance)
    let inverse = A.apply(
      PseudoInverse(tolerance: tolerance ?? Linalg.negligible(a.type)), a, at: site)
    solution = Linalg.asColumns(b) { .apply(MatMul(), inverse, $0, at: site) }
  }

  /// The squared length `‖a x - b‖²` of each column: `[..., k]`, or `[]` for a vector `b`. Unlike
  /// in NumPy it is always there.
  public var residuals: A {
    let product = Linalg.asColumns(solution) { .apply(MatMul(), a, $0, at: .unknown) }
    return A.apply(Subtract(), product, b, at: .unknown).squared().sum(axis: b.rank == 1 ? 0 : -2)
  }

  /// The number of singular values that count, int64, `[...]`.
  public var rank: A { Linalg.rank(a, tolerance: tolerance) }

  /// The singular values of `a`, falling.
  public var singularValues: A { Linalg.singularValues(a) }
}

extension Linalg {
  /// The `x` that minimises `‖a x - b‖`, of all such the shortest; `numpy.linalg.lstsq`. By the
  /// ``PseudoInverse``, so `a` may have any shape and rank, and gradients flow.
  ///
  /// - Parameters:
  ///   - a: `[..., m, n]`, float32 or float64.
  ///   - b: a vector `[m]` or matrices `[..., m, k]`.
  ///   - tolerance: singular values up to this part of the largest count as zero (`rcond`); `nil`:
  ///     the larger of `m` and `n` times the dtype's precision.
  public static func leastSquares<A: ArrayExpression>(
    _ a: A, _ b: A, tolerance: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> LeastSquares<A> {
    let site = CallSite(file, line)
    guard a.rank >= 2, b.rank >= 1, b.shape[b.rank == 1 ? 0 : -2] == a.shape[-2] else {
      fail("leastSquares: numbers of rows differ: \(a.type), \(b.type)", at: site)
    }
    guard a.dtype == b.dtype else {
      fail("leastSquares: dtypes differ: \(a.type), \(b.type)", at: site)
    }
    return LeastSquares(a, b, tolerance: tolerance, at: site)
  }

  /// The number of singular values that count, int64; `numpy.linalg.matrix_rank`. No gradient.
  ///
  /// - Parameters:
  ///   - a: `[..., m, n]`, float32 or float64.
  ///   - tolerance: singular values up to this part of the largest count as zero (`rtol`); `nil`:
  ///     the larger of `m` and `n` times the dtype's precision.
  public static func rank<A: ArrayExpression>(
    _ a: A, tolerance: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    let s = singularValues(a, file: file, line: line)
    guard s.shape[-1] > 0 else {
      return s.sum(axis: -1, file: file, line: line).cast(to: .int64, file: file, line: line)
    }
    let part = s.scalar(tolerance ?? negligible(a.type))
    let bound = A.apply(Multiply(), s.sliced(axis: -1, to: 1), part, at: site)
    return A.apply(Less(), bound, s, at: site).sum(axis: -1, file: file, line: line)
  }
}
