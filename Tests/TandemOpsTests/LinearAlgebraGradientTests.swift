import Testing

@testable import TandemOps

/// Gradients of first and second order, as graphs: types agree and the verifier accepts them.
@Suite struct LinearAlgebraGradientTests {
  @Test(arguments: [[], [2], [2, 3]] as [[Int]])
  func squareMatrices(batch: [Int]) throws {
    let a = TensorType.float64(Shape(batch).appending(4, 4))
    try GradientGraph(TandemOps.Cholesky(), [a]).check(flowsTo: [true])
    try GradientGraph(TandemOps.Inverse(), [a]).check(flowsTo: [true])
    try GradientGraph(TandemOps.Determinant(), [a]).check(flowsTo: [true])
    try GradientGraph(LogDeterminant(), [a]).check(flowsTo: [true])
    try GradientGraph(TandemOps.SymmetricEigen(), [a]).check(flowsTo: [true])
  }

  @Test(arguments: [[4, 4], [5, 3], [3, 5], [2, 4, 3]] as [[Int]])
  func rectangularMatrices(shape: [Int]) throws {
    let a = TensorType.float32(Shape(shape))
    try GradientGraph(TandemOps.SVD(), [a]).check(flowsTo: [true])
    try GradientGraph(TandemOps.QR(), [a]).check(flowsTo: [true])
  }

  @Test func systems() throws {
    let pairs: [(Shape, Shape)] = [
      ([4, 4], [4, 2]), ([3, 4, 4], [4, 2]), ([4, 4], [3, 4, 2]), ([2, 1, 4, 4], [3, 4, 1]),
    ]
    for (a, b) in pairs {
      let types: [TensorType] = [.float64(a), .float64(b)]
      try GradientGraph(TandemOps.Solve(), types).check(flowsTo: [true, true])
      for lower in [true, false] {
        for transposed in [true, false] {
          let op = TandemOps.TriangularSolve(
            lower: lower, transposed: transposed, unitDiagonal: lower)
          try GradientGraph(op, types).check(flowsTo: [true, true])
        }
      }
    }
  }

  @Test func contractionsHaveNumPysShapes() throws {
    let builder = GraphBuilder()
    func array(_ shape: Shape) -> Symbol { builder.input(.float32(shape)) }
    let (a, b) = (array([2, 3, 4]), array([4, 3, 5]))
    #expect(a.tensordot(b, axes: ([1, 2], [1, 0])).shape == [2, 5])
    #expect(a.tensordot(b, axes: 1).shape == [2, 3, 3, 5])
    #expect(a.tensordot(b, axes: 0).shape == [2, 3, 4, 4, 3, 5])
    #expect(array([2, 3]).dot(array([3])).shape == [2])
    #expect(array([3]).dot(array([3])).shape == [])
    #expect(a.dot(array([5, 4, 6])).shape == [2, 3, 5, 6])
    #expect(a.inner(array([6, 4])).shape == [2, 3, 6])
    #expect(array([2, 2]).outer(array([3])).shape == [4, 3])
    #expect(a.trace().shape == [2])
    #expect(array([2, 3]).kronecker(array([4, 5])).shape == [8, 15])
    #expect(Linalg.solve(array([3, 3]), array([3])).shape == [3])
    #expect(Linalg.matrixPower(array([3, 3]), 5).shape == [3, 3])
    #expect(Linalg.pseudoInverse(array([3, 5])).shape == [5, 3])
    try builder.graph(outputs: []).verify()
  }
}
