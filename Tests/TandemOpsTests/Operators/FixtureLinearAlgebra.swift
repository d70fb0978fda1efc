import TandemOps

extension FixtureFile.Case {
  /// What a method of linear algebra that is made of several operators gives; `nil` for another.
  func linearAlgebra<A: TestArray>(_ x: [A]) -> [A]? {
    factorization(x) ?? system(x) ?? norm(x) ?? product(x) ?? triangle(x)
  }

  private func numbers(_ text: some StringProtocol) -> [Int] {
    text.split(separator: ",").compactMap { Int($0) }
  }

  /// The parts of a form between semicolons.
  private var fields: [Substring] { form.split(separator: ";") }

  private func flag(_ index: Int) -> Bool { numbers(form)[index] == 1 }

  private func factorization<A: TestArray>(_ x: [A]) -> [A]? {
    switch self.operator {
    case "lu of three":
      let (p, l, u) = Linalg.lu(x[0])
      return [p, l, u]
    case "matrixRank": return [Linalg.rank(x[0])]
    case "lq":
      let (l, q) = Linalg.lq(x[0])
      return [l.matmul(q), q.matmul(q.matrixTransposed())]
    case "sumLogDiagonal": return [Linalg.sumLogDiagonal(x[0])]
    case "conditionNumber": return [Linalg.conditionNumber(x[0], MatrixNorm(rawValue: form)!)]
    default: return nil
    }
  }

  private func system<A: TestArray>(_ x: [A]) -> [A]? {
    switch self.operator {
    case "leastSquares":
      let fit = Linalg.leastSquares(x[0], x[1])
      return [fit.solution, fit.residuals, fit.rank, fit.singularValues]
    case "choleskyInverse": return [Linalg.choleskyInverse(x[0])]
    case "choleskySolve": return [Linalg.choleskySolve(x[0], x[1])]
    case "solve with factors":
      let (factors, permutation) = Linalg.luFactors(x[0])
      return [Linalg.solve(factors: factors, permutation: permutation, x[1])]
    case "solveTriangular":
      return [
        Linalg.solveTriangular(
          x[0], x[1], lower: flag(0), transposed: flag(1), rightSide: flag(2))
      ]
    case "tensorInverse": return [Linalg.tensorInverse(x[0], axes: numbers(form)[0])]
    case "tensorSolve": return [Linalg.tensorSolve(x[0], x[1], axes: numbers(form))]
    default: return nil
    }
  }

  private func norm<A: TestArray>(_ x: [A]) -> [A]? {
    switch self.operator {
    case "vectorNorm":
      let axes = fields[1] == "all" ? nil : numbers(fields[1])
      return [
        Linalg.vectorNorm(x[0], order: Double(fields[0])!, axes: axes, keepDims: fields[2] == "1")
      ]
    case "matrixNorm":
      let axes = numbers(fields[1])
      return [
        Linalg.matrixNorm(
          x[0], MatrixNorm(rawValue: String(fields[0]))!, axes: (axes[0], axes[1]),
          keepDims: fields[2] == "1")
      ]
    default: return nil
    }
  }

  private func product<A: TestArray>(_ x: [A]) -> [A]? {
    switch self.operator {
    case "vecdot": return [x[0].vecdot(x[1], axis: numbers(form)[0])]
    case "vdot": return [x[0].vdot(x[1])]
    case "cross": return [x[0].cross(x[1], axis: numbers(form)[0])]
    case "kron": return [x[0].kron(x[1])]
    case "khatriRao": return [x[0].khatriRao(x[1])]
    case "multiDot": return [Linalg.multiDot(x)]
    case "gram": return [Linalg.gram(x[0], transposed: flag(0))]
    case "einsum":
      return [A.einsum(String(fields[0]), x, order: EinsumOrder(rawValue: String(fields[1]))!)]
    case "triangularProduct":
      return [
        Linalg.triangularProduct(
          x[0], x[1], lower: flag(0), transposed: flag(1), rightSide: flag(2))
      ]
    default: return nil
    }
  }

  private func triangle<A: TestArray>(_ x: [A]) -> [A]? {
    switch self.operator {
    case "packedTriangle":
      return [Linalg.packedTriangle(x[0], offset: numbers(form)[0], lower: flag(1))]
    case "unpackedTriangle":
      return [Linalg.unpackedTriangle(x[0], offset: numbers(form)[0], lower: flag(1))]
    default: return nil
    }
  }
}
