extension KLDivergence {
  private static let euler = 0.5772156649015329

  static let continuousRules: [(Pair, Rule)] = [
    same { (p: NormalDistribution, q: NormalDistribution) in
      normal(p.mean - q.mean, p.deviation, q.deviation)
    },
    same { (p: LogNormalDistribution, q: LogNormalDistribution) in
      normal(p.location - q.location, p.deviation, q.deviation)
    },
    same { (p: HalfNormalDistribution, q: HalfNormalDistribution) in
      let ratio = p.scale / q.scale
      return ratio.squared() * 0.5 - ratio.log() - 0.5
    },
    same { (p: ExponentialDistribution, q: ExponentialDistribution) in
      let ratio = p.scale / q.scale
      return ratio - ratio.log() - 1
    },
    same { (p: UniformDistribution, q: UniformDistribution) in
      let ratio = (q.high - q.low) / (p.high - p.low)
      let isInside = (p.low .>= q.low) .& (p.high .<= q.high)
      return NDArray.where(isInside, ratio.log(), Double.infinity)
    },
    same { (p: LaplaceDistribution, q: LaplaceDistribution) in
      let gap = (p.location - q.location).abs()
      let mean = p.scale * (-gap / p.scale).exp() + gap
      return (q.scale / p.scale).log() + mean / q.scale - 1
    },
    same { (p: CauchyDistribution, q: CauchyDistribution) in
      let squares = (p.scale + q.scale).squared() + (p.location - q.location).squared()
      return (squares / (p.scale * q.scale * 4)).log()
    },
    same(gumbel), same(pareto), same(weibull), same(gamma), same(beta),
    same { (p: ChiSquareDistribution, q: ChiSquareDistribution) in gamma(p.gamma, q.gamma) },
  ]

  private static func normal(_ gap: NDArray, _ p: NDArray, _ q: NDArray) -> NDArray {
    let ratio = p / q
    return (ratio.squared() + (gap / q).squared()) * 0.5 - ratio.log() - 0.5
  }

  @Sendable private static func gumbel(_ p: GumbelDistribution, _ q: GumbelDistribution)
    -> NDArray
  {
    let (ratio, gap) = (p.scale / q.scale, (p.location - q.location) / q.scale)
    let mean = ((ratio + 1).logGamma() - gap).exp()
    return (ratio - 1) * euler - ratio.log() + mean - 1 + gap
  }

  @Sendable private static func pareto(_ p: ParetoDistribution, _ q: ParetoDistribution)
    -> NDArray
  {
    let ratio = q.concentration / p.concentration
    let finite = q.concentration * (p.scale / q.scale).log() - ratio.log() + ratio - 1
    return NDArray.where(p.scale .>= q.scale, finite, Double.infinity)
  }

  @Sendable private static func weibull(_ p: WeibullDistribution, _ q: WeibullDistribution)
    -> NDArray
  {
    let (k, l) = (p.concentration, q.concentration)
    let first = k.log() - k * p.scale.log() - l.log() + l * q.scale.log()
    let second = (k - l) * (p.scale.log() - k.reciprocal() * euler)
    let power = (l * (p.scale / q.scale).log()).exp()
    return first + second + power * (l / k + 1).gamma() - 1
  }

  @Sendable private static func gamma(_ p: GammaDistribution, _ q: GammaDistribution) -> NDArray {
    let (a, b, ratio) = (p.concentration, q.concentration, p.scale / q.scale)
    let shapes = (a - b) * a.digamma() - a.logGamma() + b.logGamma()
    return shapes - b * ratio.log() + a * (ratio - 1)
  }

  @Sendable private static func beta(_ p: BetaDistribution, _ q: BetaDistribution) -> NDArray {
    func norm(_ d: BetaDistribution) -> NDArray {
      d.alpha.logGamma() + d.beta.logGamma() - (d.alpha + d.beta).logGamma()
    }
    let (alpha, beta) = (p.alpha - q.alpha, p.beta - q.beta)
    let parts = alpha * p.alpha.digamma() + beta * p.beta.digamma()
    return norm(q) - norm(p) + parts - (alpha + beta) * (p.alpha + p.beta).digamma()
  }
}
