import Tandem

extension Workload {
  /// The lower factor of a definite matrix.
  static let cholesky = factorization("cholesky", operations: 8e9 / 3) {
    let a = definite()
    return { Linalg.cholesky(a) }
  }

  /// Both singular bases and the singular values of a square matrix.
  static let singularValues = factorization("svd", operations: 20 * 125e6) {
    let a = NDArray.random.normal([500, 500], seed: 0, dtype: .float64)
    return { Linalg.svd(a).u }
  }

  /// A system of equations with one right side, its matrix taken for a general one.
  static let solve = factorization("solve", operations: 16e9 / 3) {
    let (a, b) = (definite(), NDArray.random.normal([2000], seed: 1, dtype: .float64))
    return { Linalg.solve(a, b) }
  }

  /// `M Mᵀ / 2000 + I` of 2000 rows.
  private static func definite() -> NDArray {
    let m = NDArray.random.normal([2000, 2000], seed: 0, dtype: .float64)
    let one = NDArray.ones([2000], dtype: .float64).diagonalMatrix()
    return m.matmul(m.matrixTransposed()) / 2000 + one
  }

  /// One variant of the workload.
  ///
  /// - Parameter operations: float64 operations; they take twice the time of float32.
  private static func factorization(
    _ variant: String, operations: Double,
    prepare: @escaping @Sendable () -> () -> NDArray
  ) -> Workload {
    var workload = Workload(
      "cholesky_svd", warmUps: 1, inner: 1, .milliseconds, bound: .operations(2 * operations),
      prepare: prepare)
    workload.variant = variant
    return workload
  }
}
