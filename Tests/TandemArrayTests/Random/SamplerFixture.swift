import TandemArray

/// A line of `Tests/Fixtures/samplers.txt`: a distribution function that SciPy wrote, and the
/// sampler that should follow it.
struct SamplerFixture: Sendable, CustomStringConvertible {
  let name: String
  let parameters: [Double]
  let mean: Double
  let variance: Double
  /// For counts, what the chi-square statistic exceeds in one of 10,000 cases.
  let chiSquareBound: Double?
  let points: [Double]
  let probabilities: [Double]

  init(_ line: Substring) {
    let parts = line.split(separator: ":").map { $0.split(separator: " ") }
    name = String(parts[0][0])
    parameters = parts[0].dropFirst().map { Double($0)! }
    let moments = parts[1].map { Double($0)! }
    (mean, variance) = (moments[0], moments[1])
    chiSquareBound = moments.count > 2 ? moments[2] : nil
    let numbers = parts[2].map { Double($0)! }
    points = stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] }
    probabilities = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
  }

  static let all: [SamplerFixture] =
    (try? FixtureText.read("samplers"))?.split(separator: "\n").map(SamplerFixture.init) ?? []

  var description: String { "\(name) \(parameters)" }

  /// Numbers of the distribution, with parameters as they are given: numbers or arrays.
  func draw(
    _ shape: Shape?, _ p: [any RandomParameter], _ key: RandomKey, _ dtype: DType
  ) -> NDArray {
    chiSquareBound == nil ? floats(shape, p, key, dtype) : counts(shape, p, key, dtype)
  }

  private func floats(
    _ shape: Shape?, _ p: [any RandomParameter], _ key: RandomKey, _ dtype: DType
  ) -> NDArray {
    let random = NDArray.random
    switch name {
    case "uniform": return random.uniform(shape, from: p[0], to: p[1], key: key, dtype: dtype)
    case "normal":
      return random.normal(shape, mean: p[0], standardDeviation: p[1], key: key, dtype: dtype)
    case "exponential": return random.exponential(shape, scale: p[0], key: key, dtype: dtype)
    case "gumbel":
      return random.gumbel(shape, location: p[0], scale: p[1], key: key, dtype: dtype)
    case "laplace":
      return random.laplace(shape, location: p[0], scale: p[1], key: key, dtype: dtype)
    case "logistic":
      return random.logistic(shape, location: p[0], scale: p[1], key: key, dtype: dtype)
    case "cauchy":
      return random.cauchy(shape, location: p[0], scale: p[1], key: key, dtype: dtype)
    case "logNormal":
      return random.logNormal(shape, mean: p[0], standardDeviation: p[1], key: key, dtype: dtype)
    case "halfNormal": return random.halfNormal(shape, scale: p[0], key: key, dtype: dtype)
    case "rayleigh": return random.rayleigh(shape, scale: p[0], key: key, dtype: dtype)
    case "weibull":
      return random.weibull(shape, concentration: p[0], scale: p[1], key: key, dtype: dtype)
    case "pareto": return random.pareto(shape, concentration: p[0], key: key, dtype: dtype)
    case "power": return random.power(shape, concentration: p[0], key: key, dtype: dtype)
    case "truncatedNormal": return truncated(shape, p[0], p[1], p, key, dtype)
    default: return gammas(shape, p, key, dtype)
    }
  }

  private func truncated(
    _ shape: Shape?, _ low: some RandomParameter, _ high: some RandomParameter,
    _ p: [any RandomParameter], _ key: RandomKey, _ dtype: DType
  ) -> NDArray {
    NDArray.random.truncatedNormal(
      shape, ends: (low, high), mean: p[2], standardDeviation: p[3], key: key, dtype: dtype)
  }

  private func gammas(
    _ shape: Shape?, _ p: [any RandomParameter], _ key: RandomKey, _ dtype: DType
  ) -> NDArray {
    let random = NDArray.random
    switch name {
    case "gamma":
      return random.gamma(shape, concentration: p[0], scale: p[1], key: key, dtype: dtype)
    case "chiSquare": return random.chiSquare(shape, degreesOfFreedom: p[0], key: key, dtype: dtype)
    case "studentT": return random.studentT(shape, degreesOfFreedom: p[0], key: key, dtype: dtype)
    case "f":
      return random.f(shape, numerator: p[0], denominator: p[1], key: key, dtype: dtype)
    case "beta": return random.beta(shape, alpha: p[0], beta: p[1], key: key, dtype: dtype)
    default: fatalError("no sampler for \(name)")
    }
  }

  private func counts(
    _ shape: Shape?, _ p: [any RandomParameter], _ key: RandomKey, _ dtype: DType
  ) -> NDArray {
    let random = NDArray.random
    switch name {
    case "poisson": return random.poisson(shape, mean: p[0], key: key, dtype: dtype)
    case "binomial":
      return random.binomial(shape, trials: p[0], probability: p[1], key: key, dtype: dtype)
    case "negativeBinomial":
      return random.negativeBinomial(
        shape, successes: p[0], probability: p[1], key: key, dtype: dtype)
    case "generalizedNegativeBinomial":
      return random.generalizedNegativeBinomial(
        shape, mean: p[0], dispersion: p[1], key: key, dtype: dtype)
    case "geometric": return random.geometric(shape, probability: p[0], key: key, dtype: dtype)
    default: fatalError("no sampler for \(name)")
    }
  }
}
