import TandemArray
import TandemOps
import Testing

/// Methods of linear algebra that are made of several operators: gradients against differences,
/// and compiled regions against what is computed at once, bit for bit.
@Suite struct LinearAlgebraTests {
  /// A method at a point where it is smooth.
  struct Method: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let inputs: [Shape]
    /// Whether the inputs are made positive definite.
    let isPositive: Bool
    let body: @Sendable ([NDArray]) -> NDArray

    init(
      _ name: String, _ inputs: Shape..., isPositive: Bool = false,
      _ body: @escaping @Sendable ([NDArray]) -> NDArray
    ) {
      (testDescription, self.inputs, self.isPositive, self.body) = (name, inputs, isPositive, body)
    }

    func arrays(seed: UInt64) -> [NDArray] {
      inputs.enumerated().map { index, shape in
        let x = NDArray.random.normal(shape, seed: seed &+ UInt64(index), dtype: .float64)
        guard isPositive, shape.rank >= 2, shape[-1] == shape[-2] else { return x }
        return x.matmul(x.matrixTransposed())
          + NDArray.ones([shape[-1]], dtype: .float64).diagonalMatrix()
      }
    }
  }

  /// What looks at one triangle alone is differentiated among symmetric matrices.
  private static func symmetric(_ x: NDArray) -> NDArray { (x + x.matrixTransposed()) / 2 }

  static let systems: [Method] = [
    Method("lu", [2, 3, 3]) {
      let (p, l, u) = Linalg.lu($0[0])
      return p.matmul(l * l) + u.sin()
    },
    Method("solve with factors", [3, 3], [3, 2], isPositive: true) {
      let (factors, permutation) = Linalg.luFactors($0[0])
      return Linalg.solve(factors: factors, permutation: permutation, $0[1])
    },
    Method("pseudoInverse", [2, 4, 3]) { Linalg.pseudoInverse($0[0]) },
    Method("leastSquares", [5, 3], [5, 2]) {
      let fit = Linalg.leastSquares($0[0], $0[1])
      return fit.solution.sum() + fit.residuals.sum() + fit.singularValues.squared().sum()
    },
    Method("leastSquares of a vector", [3, 5], [3]) { Linalg.leastSquares($0[0], $0[1]).solution },
    Method("choleskyInverse", [2, 3, 3], isPositive: true) {
      Linalg.choleskyInverse(Linalg.cholesky(symmetric($0[0])))
    },
    Method("choleskySolve", [3, 3], [3], isPositive: true) { Linalg.choleskySolve($0[0], $0[1]) },
    Method("solveTriangular", [3, 3], [2, 3], isPositive: true) {
      Linalg.solveTriangular($0[0], $0[1], rightSide: true)
    },
    Method("tensorInverse", [4, 2, 2]) { Linalg.tensorInverse($0[0], axes: 1) },
    Method("tensorSolve", [2, 2, 4], [2, 2]) { Linalg.tensorSolve($0[0], $0[1]) },
    Method("matrixPower", [2, 3, 3], isPositive: true) { Linalg.matrixPower($0[0], -2) },
    Method("lq", [3, 4]) {
      let (l, q) = Linalg.lq($0[0])
      return l.sin().sum() + q.cos().sum()
    },
    Method("sumLogDiagonal", [2, 3, 3], isPositive: true) { Linalg.sumLogDiagonal($0[0]) },
    Method("symmetricEigenvalues", [3, 3], isPositive: true) {
      Linalg.symmetricEigenvalues(symmetric($0[0])).sin()
    },
  ]

  static let norms: [Method] =
    MatrixNorm.allCases.flatMap { kind in
      [
        Method("matrixNorm \(kind)", [2, 4, 3]) { Linalg.matrixNorm($0[0], kind) },
        Method("conditionNumber \(kind)", [3, 3], isPositive: true) {
          Linalg.conditionNumber($0[0], kind)
        },
      ]
    }
    + [1, 2, 3, 0.5, -1, .infinity, -.infinity].map { order in
      Method("vectorNorm \(order)", [3, 4]) {
        Linalg.vectorNorm($0[0], order: order, axes: [1], keepDims: true)
      }
    }

  static let products: [Method] =
    [
      Method("vecdot", [2, 3, 4], [3, 4]) { $0[0].vecdot($0[1]) },
      Method("vdot", [2, 3], [3, 2]) { $0[0].vdot($0[1]) },
      Method("cross", [2, 3], [3]) { $0[0].cross($0[1]) },
      Method("cross of columns", [3, 2], [3, 2]) { $0[0].cross($0[1], axis: 0) },
      Method("kron", [2, 3], [2]) { $0[0].kron($0[1]) },
      Method("khatriRao", [2, 3], [4, 3]) { $0[0].khatriRao($0[1]) },
      Method("multiDot", [3], [3, 5], [5, 2], [2, 4]) { Linalg.multiDot($0) },
      Method("gram", [2, 3, 4]) {
        Linalg.gram($0[0]) + Linalg.gram($0[0].matrixTransposed(), transposed: true)
      },
      Method("triangularProduct", [3, 3], [2, 3]) {
        Linalg.triangularProduct($0[0], $0[1], lower: false, transposed: true, rightSide: true)
      },
      Method("packedTriangle", [2, 4, 4]) { Linalg.packedTriangle($0[0]).sin() },
      Method("packedTriangle above", [4, 4]) { Linalg.packedTriangle($0[0], offset: 1).sin() },
      Method("unpackedTriangle", [2, 6]) { Linalg.unpackedTriangle($0[0], offset: -1).sin() },
    ]
    + EinsumOrder.allCases.map { order in
      Method("einsum \(order)", [2, 3], [3, 4], [4, 2], [2, 3]) {
        NDArray.einsum("ij,jk,kl,lj->i", $0, order: order)
      }
    }

  @Test(arguments: systems + norms + products)
  func gradientsAgreeWithDifferences(method: Method) {
    for seed in [UInt64(1), 20] {
      let check = checkGradient(of: method.body, at: method.arrays(seed: seed), seed: seed + 9)
      #expect(check.error < 1e-6, "\(check) (seed \(seed))")
    }
  }

  @Test(arguments: systems + norms + products)
  func compiledIsTheSame(method: Method) {
    for dtype in [DType.float32, .float64] {
      let arrays = method.arrays(seed: 5).map { $0.cast(to: dtype) }
      let body = method.body
      let region = compile { (x: [NDArray]) -> (NDArray, [NDArray]) in
        let found = valueAndGradients(of: { body($0).sum() }, at: x)
        return (found.value, found.gradients)
      }
      let eager = valueAndGradients(of: { body($0).sum() }, at: arrays)
      let (value, gradients) = region(arrays)
      #expect(eager.value.bits == value.bits)
      for (a, b) in zip(eager.gradients, gradients) { #expect(a.bits == b.bits) }
    }
  }

  @Test func refusals() {
    let (square, wide, cube) = (
      NDArray.ones([3, 3]), NDArray.ones([2, 3]), NDArray.ones([2, 3, 2])
    )
    let vector = NDArray.ones([4])
    expectFailure("lu: needs two or more axes: float32[4]") { _ = Linalg.luFactors(vector) }
    expectFailure("singularValues: needs float32 or float64: int32[2, 3]") {
      _ = Linalg.singularValues(wide.cast(to: .int32))
    }
    expectFailure("symmetricEigenvalues: needs a square matrix: float32[2, 3]") {
      _ = Linalg.symmetricEigenvalues(wide)
    }
    expectFailure("pseudoInverse: the tolerance -1.0 is not zero or more: float32[2, 3]") {
      _ = Linalg.pseudoInverse(wide, tolerance: -1)
    }
    expectFailure("leastSquares: numbers of rows differ: float32[2, 3], float32[4]") {
      _ = Linalg.leastSquares(wide, vector)
    }
    expectFailure("leastSquares: dtypes differ: float32[3, 3], float64[3, 3]") {
      _ = Linalg.leastSquares(square, square.cast(to: .float64))
    }
    expectFailure("solve: numbers of rows differ: float32[3, 3], float32[4, 1]") {
      let (factors, permutation) = Linalg.luFactors(square)
      _ = Linalg.solve(factors: factors, permutation: permutation, vector)
    }
    expectFailure(
      "solve: these are no factors with their permutation: float32[3, 3], float32[4], float32[3, 3]"
    ) { _ = Linalg.solve(factors: square, permutation: vector, square) }
    expectFailure("choleskyInverse: needs a square matrix: float32[2, 3]") {
      _ = Linalg.choleskyInverse(wide)
    }
    expectFailure("triangularProduct: needs a square matrix: float32[2, 3], float32[3, 3]") {
      _ = Linalg.triangularProduct(wide, square)
    }
    expectFailure("gram: needs two or more axes: float32[4]") { _ = Linalg.gram(vector) }
    expectFailure("lq: needs two or more axes: float32[4]") { _ = Linalg.lq(vector) }
    expectFailure(
      "solvingTriangular: a right side of rows needs two axes: float32[3, 3], float32[4]"
    ) { _ = Linalg.solveTriangular(square, vector, rightSide: true) }
    expectFailure("tensorInverse: there are no 4 axes of rows: float32[2, 3, 2]") {
      _ = Linalg.tensorInverse(cube, axes: 4)
    }
    expectFailure(
      "tensorInverse: [2, 3] rows are not as many as [2] columns: float32[2, 3, 2]"
    ) { _ = Linalg.tensorInverse(cube) }
    expectFailure("tensorSolve: rows are not as many as columns: float32[2, 3, 2], float32[4]") {
      _ = Linalg.tensorSolve(cube, vector)
    }
    expectFailure("tensorSolve: there are no axes [0, 0] for this: float32[2, 3, 2], float32[4]") {
      _ = Linalg.tensorSolve(cube, vector, axes: [0, 0])
    }
  }

  @Test func refusalsOfNormsAndProducts() {
    let (square, wide, vector) = (NDArray.ones([3, 3]), NDArray.ones([2, 3]), NDArray.ones([4]))
    expectFailure("vectorNorm: the order is NaN: float32[4]") {
      _ = Linalg.vectorNorm(vector, order: .nan)
    }
    expectFailure("vectorNorm: no axis 1: float32[4]") { _ = Linalg.vectorNorm(vector, axes: [1]) }
    expectFailure("matrixNorm: needs two or more axes: float32[4]") {
      _ = Linalg.matrixNorm(vector)
    }
    expectFailure("matrixNorm: axis 1 is given twice: float32[2, 3]") {
      _ = Linalg.matrixNorm(wide, axes: (1, -1))
    }
    expectFailure("conditionNumber: the matrix has no elements: float32[0, 3]") {
      _ = Linalg.conditionNumber(NDArray.ones([0, 3]))
    }
    expectFailure("multiDot: no matrices") { _ = Linalg.multiDot([NDArray]()) }
    expectFailure("multiDot: operand 1 is no matrix: float32[2, 3], float32[4], float32[3, 3]") {
      _ = Linalg.multiDot([wide, vector, square])
    }
    expectFailure(
      "multiDot: inner axes of operands 1 and 2 differ: float32[2, 3], float32[3, 3], float32[2, 3]"
    ) { _ = Linalg.multiDot([wide, square, wide]) }
    expectFailure("vecdot: lengths along axis -1 differ: float32[2, 3], float32[4]") {
      _ = wide.vecdot(vector)
    }
    expectFailure("vdot: numbers of elements differ: float32[2, 3], float32[4]") {
      _ = wide.vdot(vector)
    }
    expectFailure("cross: axis -1 needs length 3: float32[2, 3], float32[4]") {
      _ = wide.cross(vector)
    }
    expectFailure("kron: needs at most four axes: float32[1, 1, 1, 1, 1], float32[4]") {
      _ = NDArray.ones([1, 1, 1, 1, 1]).kron(vector)
    }
    expectFailure("khatriRao: numbers of columns differ: float32[2, 3], float32[4]") {
      _ = wide.khatriRao(vector)
    }
    expectFailure("packedTriangle: there is no diagonal 4: float32[3, 3]") {
      _ = Linalg.packedTriangle(square, offset: 4)
    }
    expectFailure("packedTriangle: needs a square matrix: float32[2, 3]") {
      _ = Linalg.packedTriangle(wide)
    }
    expectFailure("unpackedTriangle: these are no triangle: float32[4]") {
      _ = Linalg.unpackedTriangle(vector)
    }
  }
}

extension NDArray {
  /// The bits of float32 and float64 elements.
  fileprivate var bits: [UInt64] {
    dtype == .float64
      ? scalars(as: Double.self).map(\.bitPattern)
      : scalars(as: Float.self).map { UInt64($0.bitPattern) }
  }
}
