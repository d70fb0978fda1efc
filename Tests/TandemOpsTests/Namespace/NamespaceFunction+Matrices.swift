import TandemArray
import TandemOps

extension NamespaceFunction {
  /// Products under NumPy's names, powers, factorizations; where signs are nobody's, magnitudes.
  static let matrices: [NamespaceFunction] = [
    .one("dot") { x, _ in x[0].dot(x[1]) },
    .one("inner") { x, _ in x[0].inner(x[1]) },
    .one("outer") { x, _ in x[0].outer(x[1]) },
    .one("tensordot") { x, f in x[0].tensordot(x[1], axes: (f.ints(0), f.ints(1))) },
    .one("gemm") { x, f in x[0].matmul(x[1]) * f.double(0) + x[2] * f.double(1) },
    .one("matrixPower") { x, f in Linalg.matrixPower(x[0], f.int(0)) },
    .init("eigh") { x, _ in
      let (values, vectors) = Linalg.symmetricEigen(symmetric(x[0]))
      return [values, vectors.abs()]
    },
    .one("eigvalsh") { x, _ in Linalg.symmetricEigenvalues(symmetric(x[0])) },
    .init("svd") { x, _ in
      let (u, s, v) = Linalg.svd(x[0])
      return [u.abs(), s, v.abs()]
    },
    .init("qr") { x, _ in
      let (q, r) = Linalg.qr(x[0])
      return [q.abs(), r.abs()]
    },
  ]

  private static func symmetric(_ x: NDArray) -> NDArray { (x + x.matrixTransposed()) / 2 }
}
