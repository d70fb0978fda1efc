import TandemKernels
import TandemShapes

/// Square matrices: small ones in a batch, one of a medium size, one large.
private let sizes: [(batch: Int, n: Int)] = [(1024, 32), (64, 128), (1, 500), (16, 500), (1, 2000)]

/// Times what is factorized, and what stands on that.
func timeFactorizations() {
  for dtype in [DType.float64, .float32] {
    for (batch, n) in sizes {
      let shape: Shape = batch == 1 ? [n, n] : [batch, n, n]
      func name(_ what: String) -> String { "factor \(what) \(dtype) \(batch)x\(n)" }
      func square() -> Operand { array(shape, dtype) }
      func definite() -> Operand {
        let x = square()
        for index in 0..<batch * n {
          let place = x.base + (index / n * n * n + index % n * (n + 1)) * dtype.byteCount
          if dtype == .float64 {
            place.storeBytes(of: Double(n), as: Double.self)
          } else {
            place.storeBytes(of: Float(n), as: Float.self)
          }
        }
        return x
      }
      let rows = shape.dropLast()
      time(name("cholesky"), Cholesky(), [square(), definite()])
      time(name("lu"), LU(), [square(), array(rows, .int64), square()])
      time(name("qr"), QR(), [square(), square(), square()])
      time(name("solve"), Solve(), [square(), definite(), square()])
      time(name("triangular"), TriangularSolve(lower: true), [square(), definite(), square()])
      time(name("inverse"), Inverse(), [square(), definite()])
      if n > 1000 { continue }
      time(name("svd"), SVD(), [square(), array(rows, dtype), square(), square()])
      time(name("eigen"), SymmetricEigen(), [array(rows, dtype), square(), square()])
    }
  }
}
