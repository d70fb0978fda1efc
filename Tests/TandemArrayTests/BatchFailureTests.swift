import TandemArray
import TandemOps
import Testing

/// One matrix of a batch that cannot be factorized surfaces at the read with its place in the
/// batch, and spoils only what is computed from the result.
@Suite struct BatchFailureTests {
  /// An operator, what its inputs are for a matrix that fails, and what is said then.
  struct Job: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bad: [[Float]]
    let words: String
    let body: @Sendable (NDArray) -> NDArray

    init(
      _ name: String, _ bad: [[Float]], _ words: String,
      _ body: @escaping @Sendable (NDArray) -> NDArray
    ) {
      (testDescription, self.bad, self.words, self.body) = (name, bad, words, body)
    }

    /// Three times two identities, one of which is the bad matrix.
    func batch(_ dtype: DType, size: Int = 2, at place: Int = 5) -> NDArray {
      let good = NDArray.ones([size], dtype: dtype).diagonalMatrix()
      // The bad matrix is the corner of an identity.
      var spoiled = good
      spoiled[0..<2, 0..<2] = NDArray(bad.map { $0.map(Double.init) }, dtype: dtype)
      let matrices = (0..<6).map { $0 == place ? spoiled : good }
      return NDArray.stacked(matrices).reshaped([3, 2, size, size])
    }
  }

  static let singular: [[Float]] = [[1, 2], [2, 4]]
  static let nan: [[Float]] = [[1, 0], [.nan, 1]]
  static let hasNaN = "there is a NaN or an infinity in the matrix"

  static let jobs: [Job] = [
    Job("cholesky", [[1, 2], [2, 1]], "leading minor 2 is not positive") { Linalg.cholesky($0) },
    Job("inverse", singular, "the matrix is singular: pivot 2 is zero") { Linalg.inverse($0) },
    Job("solve", singular, "the matrix is singular: pivot 2 is zero") {
      Linalg.solve($0, NDArray.ones([$0.shape[-1], 3], dtype: $0.dtype))
    },
    Job(
      "solvingTriangular", [[1, 0], [5, 0]], "the matrix is singular: diagonal element 2 is zero"
    ) { Linalg.solveTriangular($0, NDArray.ones([$0.shape[-1], 3], dtype: $0.dtype)) },
    Job("svd", nan, hasNaN) { Linalg.svd($0).s },
    Job("singularValues", nan, hasNaN) { Linalg.singularValues($0) },
    Job("pseudoInverse", nan, hasNaN) { Linalg.pseudoInverse($0) },
    Job("symmetricEigen", nan, hasNaN) { Linalg.symmetricEigen($0).vectors },
    Job("eigen", nan, hasNaN) { Linalg.eig($0).vectors.real },
    Job("eigenvalues", nan, hasNaN) { Linalg.eigenvalues($0).real },
    Job("symmetricEigenvalues", nan, hasNaN) { Linalg.symmetricEigenvalues($0) },
  ]

  private func failure(_ array: NDArray) -> String {
    do {
      try array.wait()
      return "nothing went wrong"
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: jobs, [DType.float32, .float64])
  func eager(job: Job, dtype: DType) {
    // 300 rows are tiled, where the factorization is.
    for size in [2, 300] {
      let (fine, spoiled) = (job.batch(dtype, size: size, at: -1), job.batch(dtype, size: size))
      let (before, after) = (job.body(fine), job.body(fine) + 1)
      let broken = job.body(spoiled)
      let dependant = broken * 2
      let words = "\(job.testDescription): matrix [2, 1]: \(job.words): \(dtype)[3, 2, "
      #expect(failure(broken).hasPrefix(words), "\(failure(broken))")
      #expect(failure(dependant).hasPrefix(words))
      // What was read, what else was computed, and what is computed later from the same input
      // stand.
      for array in [before, after, spoiled, spoiled + 1, job.body(fine)] {
        #expect(failure(array) == "nothing went wrong")
      }
    }
  }

  @Test(arguments: jobs)
  func compiled(job: Job) {
    let region = compile { (x: NDArray) in (job.body(x) * 2, x + 1) }
    let fine = region(job.batch(.float64, at: -1))
    let (broken, other) = region(job.batch(.float64))
    let words = "\(job.testDescription): matrix [2, 1]: \(job.words): float64[3, 2, "
    #expect(failure(broken).hasPrefix(words), "\(failure(broken))")
    for array in [fine.0, fine.1, other] { #expect(failure(array) == "nothing went wrong") }
    // The region is as good as before.
    #expect(failure(region(job.batch(.float64, at: -1)).0) == "nothing went wrong")
  }

  @Test(arguments: [0, 3, 5])
  func thePlaceIsThatOfTheMatrix(place: Int) {
    let job = Self.jobs[0]
    let words = "cholesky: matrix [\(place / 2), \(place % 2)]: leading minor 2 is not positive: "
    #expect(failure(job.body(job.batch(.float32, at: place))).hasPrefix(words))
  }

  /// What cannot fail says nothing of a singular matrix in a batch.
  @Test func singularMatricesHaveFactorsAndDeterminants() {
    let batch = Job("", Self.singular, "", { $0 }).batch(.float64)
    let (factors, permutation) = Linalg.luFactors(batch)
    for array in [factors, permutation, Linalg.determinant(batch), Linalg.qr(batch).r] {
      #expect(failure(array) == "nothing went wrong")
    }
    let determinants: [Double] = Linalg.determinant(batch).scalars()
    #expect(determinants == [1, 1, 1, 1, 1, 0])
  }
}
