import TandemArray
import TandemOptim
import Testing

/// L-BFGS against the known minima of functions, and what line search promises.
@Suite struct LBFGSTests {
  @Test("the minimum of Rosenbrock's valley", arguments: [true, false])
  func rosenbrock(searchesLine: Bool) {
    let point = Parameter(NDArray([-1.2, 1.0]).cast(to: .float64))
    let rule = LBFGS(learningRate: searchesLine ? 1 : 0.2, searchesLine: searchesLine)
    var losses: [Double] = []
    for _ in 0..<(searchesLine ? 10 : 60) {
      losses.append(
        rule.step(point) {
          let (x, y) = (point.value[0], point.value[1])
          return (1 - x).squared() + 100 * (y - x.squared()).squared()
        })
    }
    for number in point.value.scalars(as: Double.self) { #expect(abs(number - 1) < 1e-4) }
    if searchesLine { #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 }) }
  }

  @Test("least squares, where the answer is known")
  func leastSquares() {
    let x = NDArray.random.normal([50, 4], seed: 1, dtype: .float64)
    let truth = NDArray([[1.0], [-2], [3], [0.5]]).cast(to: .float64)
    let target = x.matmul(truth)
    let weight = Parameter(NDArray.zeros([4, 1], dtype: .float64))
    let rule = LBFGS()
    rule.step(weight) { (x.matmul(weight.value) - target).squared().mean() }
    for (a, b) in zip(weight.value.scalars(as: Double.self), [1.0, -2, 3, 0.5]) {
      #expect(abs(a - b) < 1e-5)
    }
  }

  @Test func messages() async throws {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LBFGS(historyCount: 0)
    }
    let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(errors.contains("LBFGS: historyCount must be positive, got 0.0"), "\(errors)")
  }
}
