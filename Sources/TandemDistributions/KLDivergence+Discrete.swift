extension KLDivergence {
  static let discreteRules: [(Pair, Rule)] = [
    same { (p: BernoulliDistribution, q: BernoulliDistribution) in
      trial(p.probability, q.probability)
    },
    same { (p: BinomialDistribution, q: BinomialDistribution) in
      let found = p.trials * trial(p.probability, q.probability)
      // More trials reach what fewer cannot; of fewer there is no closed form.
      let other = NDArray.where(
        p.trials .> q.trials, p.trials * 0 + Double.infinity, Double.nan)
      return NDArray.where(p.trials .== q.trials, found, other)
    },
    same { (p: GeometricDistribution, q: GeometricDistribution) in
      trial(p.probability, q.probability) / p.probability
    },
    same { (p: PoissonDistribution, q: PoissonDistribution) in
      p.mean.timesLog(p.mean / q.mean) - p.mean + q.mean
    },
    same(categorical),
    same { (p: OneHotCategoricalDistribution, q: OneHotCategoricalDistribution) in
      categorical(p.categorical, q.categorical)
    },
  ]

  /// Of one trial with probabilities of success.
  private static func trial(_ p: NDArray, _ q: NDArray) -> NDArray {
    p.timesLog(p / q) + (1 - p).timesLog((1 - p) / (1 - q))
  }

  @Sendable private static func categorical(
    _ p: CategoricalDistribution, _ q: CategoricalDistribution
  ) -> NDArray {
    let probabilities = p.probabilities
    let gap = p.logProbabilities - q.logProbabilities
    return NDArray.where(probabilities .== 0, 0.0, probabilities * gap).sum(axis: -1)
  }
}
