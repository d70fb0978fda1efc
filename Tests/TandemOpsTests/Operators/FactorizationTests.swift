import TandemOps
import TestSupport
import Testing

/// Factorizations whose factors have free signs: their product is the matrix, and they have the
/// form that they shall have.
@Suite struct FactorizationTests {
  private static let shapes: [Shape] = [[4, 4], [5, 3], [3, 5], [2, 4, 3], [1, 1], [40, 30]]

  private func distance(_ a: DirectArray, _ b: DirectArray) -> Double {
    zip(a.doubles, b.doubles).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  private func identity(like product: DirectArray) -> DirectArray {
    let n = product.shape[-1]
    return DirectArray.doubles([Double](repeating: 1, count: n), [n]).diagonalMatrix()
      .broadcast(to: product.shape)
  }

  @Test(arguments: FactorizationTests.shapes)
  func qr(shape: Shape) {
    var random = SplitMix(seed: 3)
    let a: DirectArray = GradientCase.Domain.between(-1, 1).array(shape, &random)
    let factors = DirectArray.apply(QR(), [a])
    let gram = factors[0].matrixTransposed().matmul(factors[0])
    #expect(distance(factors[0].matmul(factors[1]), a) < 1e-13)
    #expect(distance(gram, identity(like: gram)) < 1e-13)
    #expect(distance(factors[1], factors[1].triangularUpper()) == 0)
  }

  @Test(arguments: FactorizationTests.shapes)
  func svd(shape: Shape) {
    var random = SplitMix(seed: 4)
    let a: DirectArray = GradientCase.Domain.between(-1, 1).array(shape, &random)
    let (u, s, vT) = { ($0[0], $0[1], $0[2]) }(DirectArray.apply(SVD(), [a]))
    #expect(distance(u.matmul(s.diagonalMatrix()).matmul(vT), a) < 1e-12)
    for gram in [u.matrixTransposed().matmul(u), vT.matmul(vT.matrixTransposed())] {
      #expect(distance(gram, identity(like: gram)) < 1e-12)
    }
    let last = s.shape[-1]
    let falls = s.sliced(axis: -1, to: last - 1).doubles
    #expect(zip(falls, s.sliced(axis: -1, from: 1).doubles).allSatisfy { $0 >= $1 })
    #expect(s.doubles.allSatisfy { $0 >= 0 })
  }

  @Test(arguments: [[4, 4], [2, 3, 3], [1, 1], [40, 40]] as [Shape])
  func symmetricEigen(shape: Shape) {
    var random = SplitMix(seed: 5)
    let a: DirectArray = GradientCase.Domain.positiveDefinite.array(shape, &random)
    let (values, vectors) = { ($0[0], $0[1]) }(DirectArray.apply(SymmetricEigen(), [a]))
    let back = vectors.matmul(values.diagonalMatrix()).matmul(vectors.matrixTransposed())
    let gram = vectors.matrixTransposed().matmul(vectors)
    #expect(distance(back, a) < 1e-12)
    #expect(distance(gram, identity(like: gram)) < 1e-12)
  }
}
