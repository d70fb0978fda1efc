import Foundation
import TandemDistributions

/// An item of `Tests/Fixtures/distributions.json`, which PyTorch wrote.
struct DistributionFixture: CustomStringConvertible, Sendable {
  let name: String
  let parameters: [NDArray]
  let others: [NDArray]?
  let values: NDArray
  private let found: [String: NDArray]

  init(_ item: [String: Any]) {
    let keys = ["logProbabilities", "slope", "mean", "variance", "entropy", "divergence"]
    found = keys.reduce(into: [:]) { found, key in
      if let value = item[key], !(value is NSNull) { found[key] = Self.array(value) }
    }
    name = item["type"] as? String ?? ""
    parameters = (item["parameters"] as? [Any] ?? []).map(Self.array)
    others = (item["others"] as? [Any])?.map(Self.array)
    values = Self.array(item["values"] ?? 0)
  }

  /// What PyTorch computed, if it did.
  func expected(_ key: String) -> NDArray? { found[key] }

  static let all: [DistributionFixture] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    guard let data = try? Data(contentsOf: folder.appending(path: "Fixtures/distributions.json")),
      let items = try? JSONSerialization.jsonObject(with: data) as? [[String: Any]]
    else { return [] }
    return items.map(DistributionFixture.init)
  }()

  var description: String { name }

  private static func array(_ nested: Any) -> NDArray {
    var (shape, level): ([Int], Any) = ([], nested)
    while let list = level as? [Any] {
      shape.append(list.count)
      level = list[0]
    }
    func leaves(_ x: Any) -> [Double] {
      if let list = x as? [Any] { return list.flatMap(leaves) }
      return [(x as? String).map { Double($0)! } ?? (x as? Double) ?? .nan]
    }
    return NDArray(leaves(nested), shape: Shape(shape))
  }

  /// The distribution with some parameters.
  func distribution(_ p: [NDArray]) -> any Distribution {
    continuous(p) ?? discrete(p) ?? vectors(p)
  }

  private func continuous(_ p: [NDArray]) -> (any Distribution)? {
    switch name {
    case "normal": NormalDistribution(mean: p[0], deviation: p[1])
    case "laplace": LaplaceDistribution(location: p[0], scale: p[1])
    case "cauchy": CauchyDistribution(location: p[0], scale: p[1])
    case "gumbel": GumbelDistribution(location: p[0], scale: p[1])
    case "logNormal": LogNormalDistribution(location: p[0], deviation: p[1])
    case "uniform": UniformDistribution(low: p[0], high: p[1])
    case "exponential": ExponentialDistribution(scale: p[0])
    case "halfNormal": HalfNormalDistribution(scale: p[0])
    case "pareto": ParetoDistribution(concentration: p[0], scale: p[1])
    case "weibull": WeibullDistribution(concentration: p[0], scale: p[1])
    case "studentT":
      StudentTDistribution(degreesOfFreedom: p[0], location: p[1], scale: p[2])
    case "gamma": GammaDistribution(concentration: p[0], scale: p[1])
    case "chiSquare": ChiSquareDistribution(degreesOfFreedom: p[0])
    case "f": FDistribution(numerator: p[0], denominator: p[1])
    case "beta": BetaDistribution(alpha: p[0], beta: p[1])
    default: nil
    }
  }

  private func discrete(_ p: [NDArray]) -> (any Distribution)? {
    switch name {
    case "geometric": GeometricDistribution(probability: p[0])
    case "poisson": PoissonDistribution(mean: p[0])
    case "bernoulli": BernoulliDistribution(probability: p[0])
    case "binomial": BinomialDistribution(trials: p[0], probability: p[1])
    case "negativeBinomial": NegativeBinomialDistribution(successes: p[0], probability: p[1])
    case "categorical": CategoricalDistribution(probabilities: p[0])
    default: nil
    }
  }

  private func vectors(_ p: [NDArray]) -> any Distribution {
    switch name {
    case "oneHotCategorical": OneHotCategoricalDistribution(probabilities: p[0])
    case "multinomial": MultinomialDistribution(trials: 7, probabilities: p[0])
    case "dirichlet": DirichletDistribution(p[0])
    case "multivariateNormal": MultivariateNormalDistribution(mean: p[0], covariance: p[1])
    case "independent":
      IndependentDistribution(NormalDistribution(mean: p[0], deviation: p[1]))
    case "squashed":
      TransformedDistribution(
        NormalDistribution(mean: p[0], deviation: p[1]), [SigmoidTransform()])
    case "transformed":
      TransformedDistribution(
        NormalDistribution(mean: p[0], deviation: p[1]),
        [
          TanhTransform(), AffineTransform(location: 2, scale: -1.5), ExpTransform(),
          PowerTransform(exponent: 0.7),
        ])
    default: fatalError("no distribution \(name)")
    }
  }
}
