import Foundation
import TandemShapes
import TandemThreads
import TestSupport
import Testing

@testable import TandemKernels

/// Factorizations of matrices that are large enough to be tiled: what they are defined by, and the
/// same bytes for any number of threads.
@Suite("tiled factorizations", .serialized) struct TiledFactorizationTests {
  /// The smallest, and one that leaves a panel of one row; with TANDEM_DEEP others.
  static let sizes = [256, 289] + (isDeep ? [288, 331, 500] : [])
  private static let isDeep = ProcessInfo.processInfo.environment["TANDEM_DEEP"] != nil
  private static let shapes =
    [(257, 257), (300, 256), (260, 400)]
    + (isDeep ? [(331, 331), (500, 288), (289, 600), (1000, 257)] : [])

  private static func bound(_ dtype: DType, _ n: Int) -> Double {
    Double(n * n) * (dtype == .float64 ? 2e-16 : 1e-7)
  }

  private func random(
    _ shape: Shape, _ dtype: DType, seed: UInt64, _ arrangement: Arrangement = .dense
  ) -> SampleArray {
    var random = SplitMix(seed: seed)
    let values = (0..<shape.elementCount).map { _ in Double.random(in: -1...1, using: &random) }
    return SampleArray(values, shape, dtype, arrangement)
  }

  /// `a b` in float64, by the product kernel, which other tests hold to a definition.
  private func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
    let c = SampleArray([m, n], .float64)
    let operands = [
      c, SampleArray(a, [m, k], .float64), SampleArray(b, [k, n], .float64),
    ]
    #expect(throws: Never.self) {
      try MatrixProduct().run(operands.map(\.operand), scalars: [], in: .serial)
    }
    return c.values
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Runs a primitive alone and with two and four threads, into outputs that must have the same
  /// bytes each time.
  private func run(
    _ primitive: any Primitive, _ outputs: [SampleArray], _ inputs: [SampleArray]
  ) {
    let operands = (outputs + inputs).map(\.operand)
    var bytes: [[Data]] = []
    for threads in [1, 2, 4] {
      let team = WorkerTeam(threads: threads)
      #expect(throws: Never.self) {
        try primitive.run(operands, scalars: [], in: team.context)
      }
      team.shutdown()
      bytes.append(outputs.map { Data($0.bytes) })
      let isSame = bytes.last == bytes.first
      #expect(isSame, "\(primitive) with \(threads) threads")
    }
  }

  @Test(arguments: sizes, [DType.float32, .float64])
  func cholesky(n: Int, dtype: DType) {
    for arrangement in n == 289 && dtype == .float64 ? Arrangement.allCases : [.dense] {
      let a = random([n, n], dtype, seed: 1)
      let m = a.values
      var full = product(m, FactorizationTests.transposed(m, n, n), n, n, n)
      for i in 0..<n { full[i * n + i] += Double(n) }
      // What stands above the diagonal must not matter.
      let given = full.enumerated().map { $0.offset % n > $0.offset / n ? 7e7 : $0.element }
      let (x, l) = (
        SampleArray(given, [n, n], dtype, arrangement), SampleArray([n, n], dtype, arrangement)
      )
      run(Cholesky(), [l], [x])
      let factor = l.values
      #expect((0..<n * n).allSatisfy { $0 % n <= $0 / n || factor[$0] == 0 })
      let back = product(factor, FactorizationTests.transposed(factor, n, n), n, n, n)
      #expect(distance(back, full) < Self.bound(dtype, n), "\(distance(back, full))")
    }
  }

  @Test(arguments: shapes, [DType.float32, .float64])
  func lu(size: (Int, Int), dtype: DType) {
    let (m, n, k) = (size.0, size.1, min(size.0, size.1))
    for arrangement in [Arrangement.dense, .transposedWithGaps] {
      let x = random([m, n], dtype, seed: 2, arrangement)
      let (factors, order) = (SampleArray([m, n], dtype, arrangement), SampleArray([m], .int64))
      run(LU(), [factors, order], [x])
      let (f, rows) = (factors.values, order.values.map { Int($0) })
      #expect(rows.sorted() == Array(0..<m))
      let l = (0..<m * k).map { place in
        let (i, j) = (place / k, place % k)
        return i == j ? 1 : i > j ? f[i * n + j] : 0
      }
      #expect(l.allSatisfy { abs($0) <= 1 })
      let u = (0..<k * n).map { $0 % n >= $0 / n ? f[$0] : 0 }
      let values = x.values
      let turned = (0..<m * n).map { values[rows[$0 / n] * n + $0 % n] }
      let error = distance(product(l, u, m, k, n), turned)
      #expect(error < Self.bound(dtype, max(m, n)), "\(error)")
    }
  }

  @Test(arguments: shapes, [DType.float32, .float64])
  func qr(size: (Int, Int), dtype: DType) {
    let (m, n, k) = (size.0, size.1, min(size.0, size.1))
    let arrangement: Arrangement = dtype == .float64 ? .transposedWithGaps : .dense
    let x = random([m, n], dtype, seed: 11, arrangement)
    let (q, r) = (
      SampleArray([m, k], dtype, arrangement), SampleArray([k, n], dtype, arrangement)
    )
    run(QR(), [q, r], [x])
    let (rows, upper) = (q.values, r.values)
    let isUpper = (0..<k * n).allSatisfy { $0 % n >= $0 / n || upper[$0] == 0 }
    #expect(isUpper)
    let error = distance(product(rows, upper, m, k, n), x.values)
    #expect(error < Self.bound(dtype, max(m, n)), "\(error)")
    let gram = product(FactorizationTests.transposed(rows, m, k), rows, k, m, k)
    let one = (0..<k * k).map { $0 / k == $0 % k ? 1.0 : 0 }
    #expect(distance(gram, one) < Self.bound(dtype, max(m, n)))
  }

  @Test(arguments: sizes, [DType.float32, .float64])
  func systems(n: Int, dtype: DType) {
    let a = random([n, n], dtype, seed: 3)
    for i in 0..<n { a.add(4, at: i * (n + 1)) }
    for k in [1, 5, 300] {
      let (b, x) = (
        random([n, k], dtype, seed: 4, .transposedWithGaps), SampleArray([n, k], dtype)
      )
      run(Solve(), [x], [a, b])
      let error = distance(product(a.values, x.values, n, n, k), b.values)
      #expect(error < 40 * Self.bound(dtype, n), "\(k): \(error)")
    }
    let inverse = SampleArray([n, n], dtype)
    run(Inverse(), [inverse], [a])
    let one = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
    #expect(distance(product(a.values, inverse.values, n, n, n), one) < 40 * Self.bound(dtype, n))
  }

  @Test(arguments: [289], [DType.float32, .float64])
  func triangles(n: Int, dtype: DType) {
    for arrangement in Self.isDeep ? Arrangement.allCases : [.dense] {
      let a = random([n, n], dtype, seed: 5, arrangement)
      for i in 0..<n { a.add(Double(n) / 8, at: i * (n + 1)) }
      let values = a.values
      for choice in 0..<4 {
        let (lower, transposed) = (choice & 1 != 0, choice & 2 != 0)
        var t = (0..<n * n).map { place -> Double in
          let (i, j) = (place / n, place % n)
          return i == j || (i > j) == lower ? values[place] : 0
        }
        if transposed { t = FactorizationTests.transposed(t, n, n) }
        for k in [1, 260] {
          let (b, x) = (random([n, k], dtype, seed: 6), SampleArray([n, k], dtype, arrangement))
          run(TriangularSolve(lower: lower, transposed: transposed), [x], [a, b])
          let error = distance(product(t, x.values, n, n, k), b.values)
          #expect(error < Self.bound(dtype, n), "\(choice) \(k): \(error)")
        }
      }
    }
  }

  /// Ones on the diagonal make solutions of random triangles overflow: this one is nearly diagonal.
  @Test(arguments: [true, false])
  func unitTriangles(lower: Bool) {
    let n = 300
    let values = random([n, n], .float64, seed: 7).values.map { $0 / 100 }
    let (a, b) = (SampleArray(values, [n, n], .float64), random([n, 3], .float64, seed: 8))
    let x = SampleArray([n, 3], .float64)
    run(TriangularSolve(lower: lower, unitDiagonal: true), [x], [a, b])
    let t = (0..<n * n).map { place -> Double in
      let (i, j) = (place / n, place % n)
      return i == j ? 1 : (i > j) == lower ? values[place] : 0
    }
    #expect(distance(product(t, x.values, n, n, 3), b.values) < 1e-12)
  }

  @Test func determinants() {
    let n = 300
    let x = random([2, n, n], .float64, seed: 9)
    let (sign, log) = (SampleArray([2], .float64), SampleArray([2], .float64))
    run(SignLogDeterminant(), [sign, log], [x])
    // That of the product is the product of those; of a transpose it is the same.
    let values = x.values
    let (a, b) = (Array(values[..<(n * n)]), Array(values[(n * n)...]))
    let other = SampleArray(
      product(FactorizationTests.transposed(a, n, n), b, n, n, n), [n, n], .float64)
    let (s, l) = (SampleArray([], .float64), SampleArray([], .float64))
    run(SignLogDeterminant(), [s, l], [other])
    #expect(s.values[0] == sign.values[0] * sign.values[1])
    #expect(abs(l.values[0] - log.values[0] - log.values[1]) < 1e-9)
  }

  @Test func failuresAreNumbered() {
    for (n, place) in [(300, 0), (300, 95), (300, 96), (300, 299), (577, 400)] {
      var one = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
      one[place * n + place] = -1
      let (bad, out) = (SampleArray(one, [n, n], .float32), SampleArray([n, n], .float32))
      #expect(failure(of: Cholesky(), [out, bad]) == "leading minor \(place + 1) is not positive")
      one[place * n + place] = .nan
      let nan = SampleArray(one, [n, n], .float64)
      let wide = SampleArray([n, n], .float64)
      #expect(failure(of: Cholesky(), [wide, nan]) == "leading minor \(place + 1) is not positive")
      one[place * n + place] = 0
      let singular = SampleArray(one, [n, n], .float64)
      let words = "the matrix is singular: pivot \(place + 1) is zero"
      #expect(failure(of: Inverse(), [wide, singular]) == words)
      #expect(failure(of: Solve(), [wide, singular, singular]) == words)
      #expect(
        failure(of: TriangularSolve(lower: false), [wide, singular, singular])
          == "the matrix is singular: diagonal element \(place + 1) is zero")
    }
  }

  @Test func aBatchOfLargeMatricesNamesTheOne() {
    let n = 256
    let one = (0..<n * n).map { $0 / n == $0 % n ? 1.0 : 0 }
    for (count, place) in [(3, 1), (20, 18)] {
      let values = (0..<count).flatMap { $0 == place ? one.map { -$0 } : one }
      let (x, l) = (
        SampleArray(values, [count, n, n], .float32), SampleArray([count, n, n], .float32)
      )
      #expect(
        failure(of: Cholesky(), [l, x]) == "matrix [\(place)]: leading minor 1 is not positive")
    }
  }

  @Test func nanGoesThrough() {
    let n = 400
    let x = random([n, n], .float64, seed: 10)
    x.add(.nan, at: 7 * n + 150)
    let (out, order) = (SampleArray([n, n], .float64), SampleArray([n], .int64))
    run(LU(), [out, order], [x])
    #expect(order.values.map { Int($0) }.sorted() == Array(0..<n))
    #expect(out.values.contains { $0.isNaN })
  }
}

extension SampleArray {
  /// Adds to one element of a matrix, counted in row-major order.
  fileprivate func add(_ number: Double, at index: Int) {
    let (layout, n) = (operand.layout, operand.shape[1])
    let offset =
      layout.offset + index / n * layout.stride(0) + index % n * layout.stride(1)
    let place = operand.base + offset * operand.dtype.byteCount
    if operand.dtype == .float64 {
      place.storeBytes(of: place.load(as: Double.self) + number, as: Double.self)
    } else {
      place.storeBytes(of: place.load(as: Float.self) + Float(number), as: Float.self)
    }
  }
}
