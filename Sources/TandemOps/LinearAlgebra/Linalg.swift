/// Linear algebra on matrices in the last two axes; axes before them are a batch.
///
/// Works on arrays and on symbols; gradients flow through all of it. float32 and float64 only.
public enum Linalg {
  /// The lower triangular `L` with `a = L Lᵀ`; see ``Cholesky``.
  public static func cholesky<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    .apply(Cholesky(), a, at: CallSite(file, line))
  }

  /// The reduced singular value decomposition `a = u diag(s) vT`; see ``SVD``.
  public static func svd<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> (u: A, s: A, vT: A) {
    let results = A.apply(SVD(), inputs: [a], at: CallSite(file, line))
    return (results[0], results[1], results[2])
  }

  /// The reduced factorization `a = q r`; see ``QR``.
  public static func qr<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> (q: A, r: A) {
    let results = A.apply(QR(), inputs: [a], at: CallSite(file, line))
    return (results[0], results[1])
  }

  /// Eigenvalues, rising, and eigenvectors of a symmetric matrix; see ``SymmetricEigen``.
  public static func symmetricEigen<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> (values: A, vectors: A) {
    let results = A.apply(SymmetricEigen(), inputs: [a], at: CallSite(file, line))
    return (results[0], results[1])
  }

  /// The `x` with `a x = b`, where `b` is a vector `[n]` or matrices `[..., n, k]`; see ``Solve``.
  public static func solve<A: ArrayExpression>(
    _ a: A, _ b: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    asColumns(b) { .apply(Solve(), a, $0, at: CallSite(file, line)) }
  }

  /// The `x` with `a x = b` (or `aᵀ x = b`) for a triangular `a`; `linalg.trsm`. See
  /// ``TriangularSolve``.
  ///
  /// - Parameter rightSide: whether `a` stands on the right: `x a = b`, for matrices `[..., k, n]`.
  public static func solveTriangular<A: ArrayExpression>(
    _ a: A, _ b: A, lower: Bool = true, transposed: Bool = false, unitDiagonal: Bool = false,
    rightSide: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let op = TriangularSolve(
      lower: lower, transposed: transposed != rightSide, unitDiagonal: unitDiagonal)
    let site = CallSite(file, line)
    guard rightSide else { return asColumns(b) { .apply(op, a, $0, at: site) } }
    guard b.rank >= 2 else {
      fail("solvingTriangular: a right side of rows needs two axes: \(a.type), \(b.type)", at: site)
    }
    return A.apply(op, a, b.matrixTransposed(), at: site).matrixTransposed()
  }

  /// The inverse; see ``Inverse``.
  public static func inverse<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    .apply(Inverse(), a, at: CallSite(file, line))
  }

  /// The sign and the logarithm of the absolute value of the determinant; see ``LogDeterminant``.
  public static func logDeterminant<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> (sign: A, logarithm: A) {
    let results = A.apply(LogDeterminant(), inputs: [a], at: CallSite(file, line))
    return (results[0], results[1])
  }

  /// The determinant; see ``Determinant``.
  public static func determinant<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    .apply(Determinant(), a, at: CallSite(file, line))
  }

  /// The product of a square matrix with itself, `power` times; a negative power inverts.
  ///
  /// - Complexity: O(log(power)) matrix products.
  public static func matrixPower<A: ArrayExpression>(
    _ a: A, _ power: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard a.rank >= 2, a.shape[-1] == a.shape[-2] else {
      fail("matrixPower: needs a square matrix: \(a.type)", at: site)
    }
    var base = power < 0 ? inverse(a, file: file, line: line) : a
    var result: A?
    var rest = power.magnitude
    while rest > 0 {
      if rest & 1 == 1 { result = result.map { .apply(MatMul(), $0, base, at: site) } ?? base }
      rest >>= 1
      if rest > 0 { base = .apply(MatMul(), base, base, at: site) }
    }
    if let result { return result }
    let ones = a.constant(ScalarValue(1, a.dtype)).broadcast(to: a.shape.dropLast())
    return ones.diagonalMatrix(file: file, line: line)
  }

  /// Applies a solver of columns to a right side that may be one vector.
  static func asColumns<A: ArrayExpression>(_ b: A, _ solve: (A) -> A) -> A {
    guard b.rank == 1 else { return solve(b) }
    let solution = solve(b.expandingDims(at: 1))
    return solution.reshaped(solution.shape.dropLast())
  }
}
