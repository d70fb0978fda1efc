// What `mx.nd.linalg` has beside NumPy: products with triangles, inverses from Cholesky factors,
// triangles as vectors.

extension Linalg {
  /// The inverse of `L Lᵀ` from the lower triangular `L` of ``Cholesky``; `linalg.potri`,
  /// `torch.cholesky_inverse`. With it `scipy.linalg.cho_solve` is a product.
  ///
  /// - Parameter factor: `[..., n, n]`; what is above the diagonal is not looked at.
  public static func choleskyInverse<A: ArrayExpression>(
    _ factor: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard factor.rank >= 2, factor.shape[-1] == factor.shape[-2] else {
      fail("choleskyInverse: needs a square matrix: \(factor.type)", at: site)
    }
    let ones = factor.constant(ScalarValue(1, factor.dtype)).broadcast(to: [factor.shape[-1]])
    let inverse = factor.solvingTriangular(ones.diagonalMatrix(), lower: true, at: site)
    return .apply(MatMul(), inverse.matrixTransposed(), inverse, at: site)
  }

  /// The `x` with `L Lᵀ x = b` from the lower triangular `L` of ``Cholesky``;
  /// `scipy.linalg.cho_solve`.
  ///
  /// - Parameters:
  ///   - factor: `[..., n, n]`; what is above the diagonal is not looked at.
  ///   - b: a vector `[n]` or matrices `[..., n, k]`.
  public static func choleskySolve<A: ArrayExpression>(
    _ factor: A, _ b: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    return asColumns(b) {
      factor.solvingTriangular(
        factor.solvingTriangular($0, lower: true, at: site), lower: true, transposed: true,
        at: site)
    }
  }

  /// The product with one triangle of `a`, `tri(a) b`; `linalg.trmm`.
  ///
  /// - Parameters:
  ///   - a: `[..., n, n]`; only the named triangle is looked at.
  ///   - b: `[..., n, k]`, or `[..., k, n]` on the other side.
  ///   - lower: which triangle.
  ///   - transposed: whether the triangle is transposed.
  ///   - rightSide: whether the triangle stands right of `b`.
  public static func triangularProduct<A: ArrayExpression>(
    _ a: A, _ b: A, lower: Bool = true, transposed: Bool = false, rightSide: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    let site = CallSite(file, line)
    guard a.rank >= 2, a.shape[-1] == a.shape[-2] else {
      fail("triangularProduct: needs a square matrix: \(a.type), \(b.type)", at: site)
    }
    let triangle =
      lower
      ? a.triangularLower(file: file, line: line) : a.triangularUpper(file: file, line: line)
    let factor = transposed ? triangle.matrixTransposed(file: file, line: line) : triangle
    return rightSide
      ? .apply(MatMul(), b, factor, at: site) : .apply(MatMul(), factor, b, at: site)
  }

  /// The product `a aᵀ`, or `aᵀ a`; `linalg.syrk`.
  public static func gram<A: ArrayExpression>(
    _ a: A, transposed: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    guard a.rank >= 2 else {
      fail("gram: needs two or more axes: \(a.type)", at: CallSite(file, line))
    }
    let other = a.matrixTransposed(file: file, line: line)
    return .apply(
      MatMul(), transposed ? other : a, transposed ? a : other, at: CallSite(file, line))
  }

  /// The reduced factorization `a = l q`: a lower triangle times orthonormal rows; `linalg.gelqf`.
  ///
  /// - Parameter a: `[..., m, n]`; `l` is `[..., m, k]` and `q` is `[..., k, n]`, `k` the smaller
  ///   of `m` and `n`.
  public static func lq<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> (l: A, q: A) {
    guard a.rank >= 2 else {
      fail("lq: needs two or more axes: \(a.type)", at: CallSite(file, line))
    }
    let (q, r) = qr(a.matrixTransposed(file: file, line: line), file: file, line: line)
    return (r.matrixTransposed(file: file, line: line), q.matrixTransposed(file: file, line: line))
  }

  /// The sum of the logarithms of the diagonal, half the logarithm of the determinant if `a` is a
  /// factor of ``Cholesky``; `linalg.sumlogdiag`.
  public static func sumLogDiagonal<A: ArrayExpression>(
    _ a: A, file: StaticString = #fileID, line: UInt = #line
  ) -> A {
    a.diagonal(file: file, line: line).log(file: file, line: line)
      .sum(axis: -1, file: file, line: line)
  }
}
