import Foundation
import TandemDistributions
import Testing

/// Every distribution against PyTorch, and its parts against each other.
@Suite struct DistributionTests {
  /// Elements agree, infinities and NaN too.
  private func expect(
    _ found: NDArray?, _ expected: NDArray?, _ what: String, tolerance: Double = 1e-11,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    guard let expected else { return }
    guard let found else {
      // PyTorch adds up over all that can be drawn, which we do not.
      if what == "entropy of multinomial" { return }
      Issue.record("\(what) is missing", sourceLocation: sourceLocation)
      return
    }
    #expect(found.shape == expected.shape, "\(what)", sourceLocation: sourceLocation)
    // Where a mean or variance is infinite or missing SciPy and PyTorch do not agree.
    let isLoose = what.hasSuffix("of f") || what.hasSuffix("of cauchy")
    for (x, y) in zip(found.scalars(as: Double.self), expected.scalars(as: Double.self)) {
      if isLoose, !y.isFinite { continue }
      let agrees = x == y || x.isNaN && y.isNaN || abs(x - y) <= tolerance * max(1, abs(y))
      #expect(agrees, "\(what): \(x) is not \(y)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: 0..<DistributionFixture.all.count)
  func agreesWithPyTorch(number: Int) {
    let fixture = DistributionFixture.all[number]
    let dist = fixture.distribution(fixture.parameters)
    #expect(dist.dtype == .float64)
    expect(
      dist.logProbability(fixture.values), fixture.expected("logProbabilities"),
      "log-probability of \(fixture)")
    expect(dist.entropy, fixture.expected("entropy"), "entropy of \(fixture)")
    if fixture.name != "categorical" {
      expect(dist.mean, fixture.expected("mean"), "mean of \(fixture)")
      expect(dist.variance, fixture.expected("variance"), "variance of \(fixture)")
    }
    if let others = fixture.others {
      let divergence = klDivergence(dist, fixture.distribution(others))
      expect(divergence, fixture.expected("divergence"), "divergence of \(fixture)")
      let none = klDivergence(dist, dist)
      expect(none, NDArray.zeros(none.shape, dtype: .float64), "divergence from itself, \(fixture)")
    }
  }

  @Test(arguments: 0..<DistributionFixture.all.count)
  func gradientsAgree(number: Int) {
    let fixture = DistributionFixture.all[number]
    let varied = fixture.name == "binomial" ? 1 : 0
    func logarithms(_ x: NDArray) -> NDArray {
      var parameters = fixture.parameters
      parameters[varied] = x
      let found = fixture.distribution(parameters).logProbability(fixture.values)
      return NDArray.where(found.isFinite(), found, 0.0).sum()
    }
    let start = fixture.parameters[varied]
    let slope = valueAndGradients(of: { logarithms($0[0]) }, at: [start]).gradients[0]
    expect(slope, fixture.expected("slope"), "slope of \(fixture)", tolerance: 1e-10)
    let check = checkGradient(of: { logarithms($0[0]) }, at: [start], step: 1e-6)
    #expect(check.error < 1e-6, "\(fixture) \(check)")
  }

  /// Gradients of divergences flow to both distributions.
  @Test(arguments: 0..<DistributionFixture.all.count)
  func gradientsOfDivergencesAgree(number: Int) {
    let fixture = DistributionFixture.all[number]
    guard let others = fixture.others, let expected = fixture.expected("divergence"),
      expected.isFinite().all().item() == 1
    else { return }
    let varied = fixture.name == "binomial" ? 1 : 0
    let check = checkGradient(
      of: { x in
        var (first, second) = (fixture.parameters, others)
        (first[varied], second[varied]) = (x[0], x[1])
        return klDivergence(fixture.distribution(first), fixture.distribution(second)).sum()
      }, at: [fixture.parameters[varied], others[varied]], step: 1e-6)
    #expect(check.error < 1e-6, "\(fixture) \(check)")
  }

  /// Means and variances of draws are those that the distribution says.
  @Test(arguments: 0..<DistributionFixture.all.count)
  func drawsHaveTheMoments(number: Int) {
    let fixture = DistributionFixture.all[number]
    let dist = fixture.distribution(fixture.parameters)
    let n = 20_000
    let draws = dist.sample([n], key: RandomKey(seed: 6)).cast(to: .float64)
    #expect(draws.shape == Shape([n] + dist.batchShape.array + dist.eventShape.array))
    // All that is drawn can be drawn.
    let logs = dist.logProbability(draws)
    #expect(logs.shape == Shape([n] + dist.batchShape.array))
    #expect(logs.isFinite().all().item() == 1, "\(fixture)")
    let (means, variances) = (dist.mean.flattened(), dist.variance.flattened())
    let found = draws.mean(axis: 0).flattened()
    for index in 0..<means.count {
      let (mean, variance) = (means[index].item(), variances[index].item())
      guard mean.isFinite, variance.isFinite else { continue }
      let gap = abs(found[index].item() - mean)
      #expect(gap <= 6 * (variance / Double(n)).squareRoot() + 1e-12, "\(fixture) \(index)")
    }
    // The entropy is the mean of minus the log-probability.
    guard let entropy = dist.entropy else { return }
    let gaps = (logs.mean(axis: 0) + entropy).abs() / logs.standardDeviation(axis: 0).maximum(1e-3)
    #expect(gaps.max().item() < 6 / Double(n).squareRoot() + 1e-9, "\(fixture)")
  }

  /// Divergences without PyTorch's word, by draws.
  @Test func divergencesByDraws() {
    let pairs: [(any Distribution, any Distribution)] = [
      (
        WeibullDistribution(concentration: 1.5, scale: 2.0), WeibullDistribution(concentration: 0.8)
      ),
      (HalfNormalDistribution(scale: 2.0), HalfNormalDistribution(scale: 3.0)),
      (ChiSquareDistribution(degreesOfFreedom: 3.0), ChiSquareDistribution(degreesOfFreedom: 5.0)),
      (LogNormalDistribution(location: 1.0), LogNormalDistribution(location: 0.5, deviation: 2.0)),
      (CauchyDistribution(location: 1.0), CauchyDistribution(scale: 2.0)),
    ]
    for (p, q) in pairs {
      let x = p.sample([100_000], key: RandomKey(seed: 3)).cast(to: .float64)
      let gaps = p.logProbability(x) - q.logProbability(x)
      let error = gaps.standardDeviation().item() / 100_000.squareRoot()
      let found = klDivergence(p, q).item()
      #expect(abs(found - gaps.mean().item()) < 5 * error, "\(type(of: p))")
    }
  }

  @Test func outsideIsImpossible() {
    let infinity = -Double.infinity
    func log(_ dist: some Distribution, _ x: [Double]) -> [Double] {
      dist.logProbability(NDArray(x)).scalars()
    }
    #expect(log(ExponentialDistribution(), [-1]) == [infinity])
    #expect(log(GammaDistribution(concentration: 2.0), [-1, 0]) == [infinity, infinity])
    #expect(log(UniformDistribution(), [-0.1, 1.1]) == [infinity, infinity])
    #expect(log(PoissonDistribution(mean: 2.0), [0.5, -1]) == [infinity, infinity])
    #expect(log(BinomialDistribution(trials: 3, probability: 0.5), [4]) == [infinity])
    #expect(log(BernoulliDistribution(probability: 1.0), [0, 1, 2]) == [infinity, 0, infinity])
    #expect(
      log(CategoricalDistribution(logits: NDArray([0, 0])), [-1, 2]) == [infinity, infinity])
    #expect(log(DirichletDistribution(NDArray([1, 1])), [-0.5, 1.5]) == [infinity])
    #expect(log(ParetoDistribution(concentration: 2.0), [0.5]) == [infinity])
    // No gradient comes from there.
    let slope = gradient(of: { (scale: NDArray) in
      ExponentialDistribution(scale: scale).logProbability(NDArray([-1, 2])).max()
    })(NDArray(2.0))
    #expect(slope.item() == 0)
  }

  @Test func logits() {
    let logits = NDArray([-40.0, 0, 3], dtype: .float64)
    let dist = BernoulliDistribution(logits: logits)
    let logs: [Double] = dist.logProbability(NDArray([1, 1, 0])).scalars()
    #expect(abs(logs[0] + 40) < 1e-12 && abs(logs[1] - Foundation.log(0.5)) < 1e-12)
    #expect(abs(logs[2] + 3 + Foundation.log1p(exp(-3))) < 1e-12)
    let p = CategoricalDistribution(logits: NDArray([1.0, 1, 1, 1]))
    #expect(abs(p.entropy!.item() - Foundation.log(4.0)) < 1e-6)
  }

  @Test func batchesAndNumbers() {
    let dist = NormalDistribution(mean: NDArray.zeros([3, 1]), deviation: NDArray.ones([4]))
    #expect(dist.batchShape == [3, 4] && dist.eventShape == [] && dist.dtype == .float32)
    #expect(dist.sample([2]).shape == [2, 3, 4])
    #expect(dist.sample().shape == [3, 4])
    #expect(dist.logProbability(NDArray(0.0)).shape == [3, 4])
    let half = NormalDistribution(mean: NDArray([1, 2], dtype: .bfloat16))
    #expect(half.sample().dtype == .bfloat16)
    #expect(GammaDistribution(concentration: 2).batchShape == [])
    let rows = IndependentDistribution(dist, axisCount: 2)
    #expect(rows.batchShape == [] && rows.eventShape == [3, 4])
    #expect(rows.logProbability(rows.sample([5])).shape == [5])
    #expect(
      klDivergence(rows, IndependentDistribution(dist, axisCount: 2)).shape == [])
  }

  /// The same in a compiled region as eagerly, bit for bit.
  @Test(arguments: 0..<DistributionFixture.all.count)
  func compiledIsTheSame(number: Int) {
    let fixture = DistributionFixture.all[number]
    @Sendable func all(_ parameters: [NDArray]) -> [NDArray] {
      let dist = fixture.distribution(parameters)
      var results = [
        dist.logProbability(fixture.values), dist.sample([4], key: RandomKey(seed: 1)),
        dist.sample([2]),
      ]
      if let entropy = dist.entropy { results.append(entropy) }
      if let others = fixture.others, fixture.expected("divergence") != nil {
        results.append(klDivergence(dist, fixture.distribution(others)))
      }
      return results
    }
    let region = compile { (parameters: [NDArray]) in all(parameters) }
    let found = withSeed(4) { region(fixture.parameters) }
    let expected = withSeed(4) { all(fixture.parameters) }
    #expect(found.count == expected.count)
    for (x, y) in zip(found, expected) {
      let bits = y.cast(to: .float64).scalars(as: Double.self).map(\.bitPattern)
      #expect(x.type == y.type, "\(fixture)")
      #expect(
        x.cast(to: .float64).scalars(as: Double.self).map(\.bitPattern) == bits, "\(fixture)")
    }
  }

  @Test func registeredRules() {
    #expect(KLDivergence.isKnown(NormalDistribution.self, NormalDistribution.self))
    #expect(!KLDivergence.isKnown(UniformDistribution.self, NormalDistribution.self))
    KLDivergence.register(ExponentialDistribution.self, GammaDistribution.self) { p, q in
      klDivergence(GammaDistribution(concentration: 1.0, scale: p.scale), q)
    }
    let found = klDivergence(
      ExponentialDistribution(scale: 2.0), GammaDistribution(concentration: 1.0, scale: 2.0))
    #expect(abs(found.item()) < 1e-6)
  }
}
