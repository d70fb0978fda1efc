import Foundation
import TandemArray
import Testing

/// Gradients that flow through samples to the parameters of their distributions.
@Suite struct SampleGradientTests {
  private let random = NDArray.random

  /// A sampler of three numbers with two parameters.
  typealias Sampler = @Sendable (NDArray, NDArray) -> NDArray

  private static let key = RandomKey(seed: 8)
  static let samplers: [(name: String, draw: Sampler)] = [
    ("uniform", { NDArray.random.uniform([3], from: $0, to: $1, key: key) }),
    ("normal", { NDArray.random.normal([3], mean: $0, standardDeviation: $1, key: key) }),
    ("exponential", { NDArray.random.exponential([3], scale: $0 * $1, key: key) }),
    ("gumbel", { NDArray.random.gumbel([3], location: $0, scale: $1, key: key) }),
    ("laplace", { NDArray.random.laplace([3], location: $0, scale: $1, key: key) }),
    ("logistic", { NDArray.random.logistic([3], location: $0, scale: $1, key: key) }),
    ("cauchy", { NDArray.random.cauchy([3], location: $0, scale: $1, key: key) }),
    ("logNormal", { NDArray.random.logNormal([3], mean: $0, standardDeviation: $1, key: key) }),
    ("halfNormal", { NDArray.random.halfNormal([3], scale: $0 * $1, key: key) }),
    ("rayleigh", { NDArray.random.rayleigh([3], scale: $0 * $1, key: key) }),
    ("weibull", { NDArray.random.weibull([3], concentration: $0, scale: $1, key: key) }),
    ("pareto", { NDArray.random.pareto([3], concentration: $0 * $1, key: key) }),
    ("power", { NDArray.random.power([3], concentration: $0 * $1, key: key) }),
    ("shuffled", { NDArray.random.shuffled($0 * $1, key: key) }),
    ("choice", { NDArray.random.choice($0 * $1, [3], key: key) }),
  ]

  @Test(arguments: 0..<samplers.count)
  func differencesAgree(number: Int) {
    let sampler = Self.samplers[number]
    let arguments = [
      NDArray([0.7, 1.1, 2.5], dtype: .float64), NDArray(1.3, dtype: .float64),
    ]
    let check = checkGradient(of: { sampler.draw($0[0], $0[1]) }, at: arguments)
    #expect(check.error < 1e-7 && check.analytic != 0, "\(sampler.name) \(check)")
  }

  @Test func vectors() {
    let arguments = [NDArray([0.7, 1.1], dtype: .float64), NDArray([0.3, 0.2], dtype: .float64)]
    let check = checkGradient(
      of: {
        // A covariance that is positive definite whatever the second argument.
        let v = $0[1].reshaped([2, 1])
        let covariance = v.matmul(v.transposed()) + NDArray.eye(2, dtype: .float64)
        let x = NDArray.random.multivariateNormal(
          mean: $0[0], covariance: covariance, [4], key: Self.key)
        return x * x
      }, at: arguments)
    #expect(check.error < 1e-7 && check.analytic != 0)
  }

  @Test func gammaDerivativesAgreeWithSciPy() throws {
    let lines = try FixtureText.read("gamma_gradient").split(separator: "\n").map {
      $0.split(separator: " ").map { Double($0)! }
    }
    #expect(lines.count > 50)
    let (shapes, samples) = (NDArray(lines.map { $0[0] }), NDArray(lines.map { $0[1] }))
    let found: [Double] = shapes.gammaSampleGradient(samples).scalars()
    let logarithms: [Double] =
      shapes.gammaSampleGradient(samples.log(), isLogarithm: true).scalars()
    for (number, line) in lines.enumerated() {
      #expect(abs(found[number] - line[2]) < 1e-8 * abs(line[2]), "\(line)")
      #expect(abs(logarithms[number] * line[1] - line[2]) < 1e-8 * abs(line[2]), "\(line)")
    }
  }

  /// The mean of a gamma number is a · scale, that of its logarithm ψ(a), that of a beta number
  /// a / (a + b): so are the means of the gradients their derivatives.
  @Test func meansOfGradientsAreGradientsOfMeans() {
    let n = 20_000
    let a = NDArray([0.6, 2.5], dtype: .float64)
    let gamma = gradient(at: [a]) {
      random.gamma([n, 2], concentration: $0[0], scale: 3, key: Self.key).mean(axis: 0).sum()
    }
    for value in gamma[0].scalars(as: Double.self) { #expect(abs(value - 3) < 0.15) }
    let b = NDArray(1.5, dtype: .float64)
    let beta = gradient(at: [a, b]) {
      random.beta([n, 2], alpha: $0[0], beta: $0[1], key: Self.key).mean(axis: 0).sum()
    }
    for (value, a) in zip(beta[0].scalars(as: Double.self), [0.6, 2.5]) {
      #expect(abs(value - 1.5 / ((a + 1.5) * (a + 1.5))) < 0.01)
    }
    let expected = -0.6 / (2.1 * 2.1) - 2.5 / 16
    #expect(abs(beta[1].item() - expected) < 0.01)
    let shares = NDArray([1, 2, 3], dtype: .float64)
    let dirichlet = gradient(at: [shares]) {
      random.dirichlet($0[0], [n], key: Self.key)[0..., 0].mean()
    }
    for (value, expected) in zip(dirichlet[0].scalars(as: Double.self), [5 / 36.0, -1 / 36.0]) {
      #expect(abs(value - expected) < 0.005)
    }
  }

  private func gradient(
    at arguments: [NDArray], _ function: ([NDArray]) -> NDArray
  ) -> [NDArray] { valueAndGradients(of: function, at: arguments).gradients }

  /// A mean of draws that the parameter `x` moves, and how fast the distribution says that it does.
  static let implicit:
    [(name: String, x: Double, slope: Double, draw: @Sendable (NDArray) -> NDArray)] = [
      ("gamma", 2.5, 3, { NDArray.random.gamma([20_000], concentration: $0, scale: 3, key: key) }),
      ("chiSquare", 2.5, 1, { NDArray.random.chiSquare([20_000], degreesOfFreedom: $0, key: key) }),
      (
        "beta", 2.5, 1.5 / 16,
        { NDArray.random.beta([20_000], alpha: $0, beta: 1.5, key: key) }
      ),
      (
        "f", 10, -2 / 64.0,
        { NDArray.random.f([20_000], numerator: 4.0, denominator: $0, key: key) }
      ),
      // The mean of the square is ν / (ν − 2).
      (
        "studentT", 10, -2 / 64.0,
        { NDArray.random.studentT([20_000], degreesOfFreedom: $0, key: key).squared() }
      ),
      (
        "dirichlet", 2.5, 5 / 56.25,
        { x in
          let shares = NDArray([0.0, 2, 3], dtype: .float64) + NDArray([1.0, 0, 0]) * x
          return NDArray.random.dirichlet(shares, [20_000], key: key)[0..., 0]
        }
      ),
    ]

  @Test(arguments: 0..<implicit.count)
  func meansMoveAsTheDistributionSays(number: Int) {
    let item = Self.implicit[number]
    let found = gradient(at: [NDArray(item.x, dtype: .float64)]) { item.draw($0[0]).mean() }
    let slope = found[0].item()
    #expect(abs(slope - item.slope) < max(0.01, 0.06 * item.slope), "\(item.name): \(slope)")
  }

  /// Samplers that stop gradients.
  static let flat: [(name: String, draw: @Sendable (NDArray) -> NDArray)] = [
    ("bernoulli", { NDArray.random.bernoulli(probability: $0, key: key, dtype: .float64) }),
    ("integers", { _ in NDArray.random.integers(in: 0..<9, [2], key: key) }),
    ("categorical", { NDArray.random.categorical(logits: $0, [4], key: key) }),
    ("poisson", { NDArray.random.poisson(mean: $0, key: key, dtype: .float64) }),
    (
      "binomial",
      { NDArray.random.binomial(trials: 9.0, probability: $0, key: key, dtype: .float64) }
    ),
    ("geometric", { NDArray.random.geometric(probability: $0, key: key, dtype: .float64) }),
    (
      "multinomial",
      { NDArray.random.multinomial(trials: 9.0, weights: $0, key: key, dtype: .float64) }
    ),
    (
      "negativeBinomial",
      { NDArray.random.negativeBinomial(successes: $0, probability: $0, key: key, dtype: .float64) }
    ),
    (
      "generalizedNegativeBinomial",
      { x in
        let random = NDArray.random
        return random.generalizedNegativeBinomial(
          mean: x, dispersion: x, key: key, dtype: .float64)
      }
    ),
    ("permutation", { _ in NDArray.random.permutation(5, key: key) }),
    ("uniqueZipfian", { _ in NDArray.random.uniqueZipfian(below: 9, count: 3, key: key).numbers }),
    (
      "truncatedNormal",
      { NDArray.random.truncatedNormal([2], ends: ($0, 9.0), mean: $0, key: key) }
    ),
  ]

  /// Where no gradient is defined none flows, instead of a wrong one.
  @Test(arguments: 0..<flat.count)
  func othersStopGradients(number: Int) {
    let a = NDArray([0.3, 0.6], dtype: .float64)
    let found = gradient(at: [a]) {
      Self.flat[number].draw($0[0]).cast(to: .float64).sum() + $0[0].sum()
    }
    #expect(found[0].scalars() == [1.0, 1], "\(Self.flat[number].name)")
  }

  /// 16-bit parameters get 16-bit gradients; compiled regions give the same bits.
  @Test func compiledGradients() {
    @Sendable func loss(_ a: NDArray) -> NDArray {
      NDArray.random.gamma([50, 2], concentration: a, key: Self.key).sum()
    }
    let a = NDArray([0.5, 2])
    let region = compile { (a: NDArray) in
      valueAndGradients(of: { loss($0[0]) }, at: [a]).gradients[0]
    }
    let eager = valueAndGradients(of: { loss($0[0]) }, at: [a]).gradients[0]
    #expect(region(a).identicalBits(eager))
    let half = valueAndGradients(of: { loss($0[0]) }, at: [a.cast(to: .bfloat16)]).gradients[0]
    #expect(half.dtype == .bfloat16)
  }
}
