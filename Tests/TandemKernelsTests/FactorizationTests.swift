import TandemKernels
import TandemShapes
import TandemThreads
import Testing

@Suite struct FactorizationTests {
  static func matrices(_ shape: Shape, seed: UInt64, _ arrangement: Arrangement = .dense)
    -> SampleArray
  {
    var random = PhiloxGenerator(RandomKey(seed: seed))
    let values = (0..<shape.elementCount).map { _ in Double.random(in: -1...1, using: &random) }
    return SampleArray(values, shape, .float64, arrangement)
  }

  /// a b, row-major, of an m × k and a k × n matrix.
  static func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
    (0..<m * n).map { place in
      (0..<k).reduce(0) { $0 + a[place / n * k + $1] * b[$1 * n + place % n] }
    }
  }

  static func transposed(_ a: [Double], _ m: Int, _ n: Int) -> [Double] {
    (0..<m * n).map { a[$0 % m * n + $0 / m] }
  }

  static func expectClose(_ a: [Double], _ b: [Double]) {
    #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test(arguments: [(6, 4), (4, 6), (5, 5), (1, 3)], Arrangement.allCases)
  func singularVectorsRebuildTheMatrix(size: (Int, Int), arrangement: Arrangement) {
    let (m, n, k) = (size.0, size.1, min(size.0, size.1))
    let x = Self.matrices([m, n], seed: 3, arrangement)
    let u = SampleArray([m, k], .float64, arrangement)
    let (s, vt) = (SampleArray([k], .float64), SampleArray([k, n], .float64, arrangement))
    #expect(failure(of: SVD(), [u, s, vt, x]) == nil)
    let scaled = vt.values.enumerated().map { s.values[$0 / n] * $1 }
    Self.expectClose(Self.product(u.values, scaled, m, k, n), x.values)
    let identity = (0..<k * k).map { $0 / k == $0 % k ? 1.0 : 0 }
    Self.expectClose(Self.product(Self.transposed(u.values, m, k), u.values, k, m, k), identity)
    Self.expectClose(Self.product(vt.values, Self.transposed(vt.values, k, n), k, n, k), identity)
  }

  @Test(arguments: Arrangement.allCases)
  func eigenvectorsDiagonalize(arrangement: Arrangement) {
    let n = 6
    let x = Self.matrices([n, n], seed: 4, arrangement)
    let (w, v) = (SampleArray([n], .float64), SampleArray([n, n], .float64, arrangement))
    #expect(failure(of: SymmetricEigen(), [w, v, x]) == nil)
    let symmetric = (0..<n * n).map { x.values[max($0 / n, $0 % n) * n + min($0 / n, $0 % n)] }
    let scaled = v.values.enumerated().map { $1 * w.values[$0 % n] }
    Self.expectClose(Self.product(symmetric, v.values, n, n, n), scaled)
    #expect(w.values == w.values.sorted())
  }

  static let indefinite: [Double] = [4, 0, 0, 0, -1, 0, 0, 0, 1]
  static let identity: [Double] = [1, 0, 0, 0, 1, 0, 0, 0, 1]

  @Test func choleskyNamesTheMinorAndTheMatrix() {
    for dtype in [DType.float32, .float64] {
      let out = SampleArray([3, 3], dtype)
      #expect(
        failure(of: Cholesky(), [out, SampleArray(Self.indefinite, [3, 3], dtype)])
          == "leading minor 2 is not positive")
      let batch = Self.identity + Self.identity + Self.identity + Self.indefinite + Self.indefinite
      #expect(
        failure(
          of: Cholesky(), [SampleArray([5, 3, 3], dtype), SampleArray(batch, [5, 3, 3], dtype)])
          == "matrix [3]: leading minor 2 is not positive")
      let grid = Self.identity + Self.identity + Self.identity + Self.indefinite
      #expect(
        failure(
          of: Cholesky(),
          [SampleArray([2, 2, 3, 3], dtype), SampleArray(grid, [2, 2, 3, 3], dtype)])
          == "matrix [1, 1]: leading minor 2 is not positive")
    }
  }

  @Test func singularMatricesAreNamed() {
    let singular = SampleArray([1, 2, 2, 4], [2, 2], .float64)
    let out = SampleArray([2, 2], .float64)
    #expect(
      failure(of: Inverse(), [out, singular]) == "the matrix is singular: pivot 2 is zero")
    #expect(
      failure(of: Solve(), [out, singular, out]) == "the matrix is singular: pivot 2 is zero")
    let triangle = SampleArray([1, 0, 5, 0], [2, 2], .float64)
    #expect(
      failure(of: TriangularSolve(lower: true), [out, triangle, singular])
        == "the matrix is singular: diagonal element 2 is zero")
    let (sign, log) = (SampleArray([], .float64), SampleArray([], .float64))
    #expect(failure(of: SignLogDeterminant(), [sign, log, singular]) == nil)
    #expect(sign.values == [0] && log.values == [-.infinity])
  }

  @Test(arguments: [3, 40, 200])
  func nanNeitherHangsNorHides(n: Int) {
    let x = Self.matrices([n, n], seed: 9)
    let memory = x.operand.base.assumingMemoryBound(to: Double.self)
    memory[n] = .nan
    let square = SampleArray([n, n], .float64)
    let (other, line) = (SampleArray([n, n], .float64), SampleArray([n], .float64))
    let words = "there is a NaN or an infinity in the matrix"
    #expect(failure(of: SVD(), [square, line, other, x]) == words)
    #expect(failure(of: SymmetricEigen(), [line, square, x]) == words)
    #expect(failure(of: QR(), [square, other, x]) == nil)
    #expect(other.values.contains { $0.isNaN })
    #expect(failure(of: Inverse(), [square, x]) == nil)
    #expect(square.values.contains { $0.isNaN })
    let determinant = SampleArray([], .float64)
    #expect(failure(of: Determinant(), [determinant, x]) == nil)
    #expect(determinant.values[0].isNaN)
    for place in 0..<n { memory[place * n + place] = 1000 }
    #expect(failure(of: Cholesky(), [square, x]) == "leading minor 2 is not positive")
  }

  /// What profiles show: the counts of LAPACK's working note 41, for square matrices and others.
  @Test func operationsAreCounted() {
    let (square, vector): (Shape, Shape) = ([2, 30, 30], [2, 30])
    let cube = 2 * 27_000
    #expect(Cholesky().floatingPointOperations([square, square]) == cube / 3)
    #expect(LU().floatingPointOperations([square, vector, square]) == cube * 2 / 3)
    #expect(LU().floatingPointOperations([[30, 20], [30], [30, 20]]) == 9333)  // n² (m - n / 3)
    #expect(Inverse().floatingPointOperations([square, square]) == cube * 2)
    #expect(Determinant().floatingPointOperations([[2], square]) == cube * 2 / 3)
    #expect(SignLogDeterminant().floatingPointOperations([[2], [2], square]) == cube * 2 / 3)
    let sides: Shape = [2, 30, 5]
    #expect(Solve().floatingPointOperations([sides, square, sides]) == cube * 2 / 3 + 2 * 2 * 4500)
    #expect(
      TriangularSolve(lower: true).floatingPointOperations([sides, square, sides]) == 2 * 4500)
    #expect(QR().floatingPointOperations([square, square, square]) == cube * 8 / 3)
    #expect(SVD().floatingPointOperations([square, vector, square, square]) == cube * 26)
    #expect(SymmetricEigen().floatingPointOperations([vector, square, square]) == cube * 9)
    let vast: Shape = [1 << 20, 1 << 20, 1 << 20]
    #expect(Cholesky().floatingPointOperations([vast, vast]) == 1_000_000_000_000_000_000)
  }

  @Test func emptyMatricesAndBatches() {
    let (none, out) = (SampleArray([2, 0, 0], .float64), SampleArray([2, 0, 0], .float64))
    #expect(failure(of: Cholesky(), [out, none]) == nil)
    #expect(failure(of: Inverse(), [out, none]) == nil)
    #expect(failure(of: SymmetricEigen(), [SampleArray([2, 0], .float64), out, none]) == nil)
    let determinant = SampleArray([2], .float64)
    #expect(failure(of: Determinant(), [determinant, none]) == nil)
    #expect(determinant.values == [1, 1])
    let batch = SampleArray([0, 3, 3], .float32)
    #expect(failure(of: Cholesky(), [batch, batch]) == nil)
  }
}
