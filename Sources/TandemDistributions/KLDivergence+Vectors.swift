import TandemShapes

extension KLDivergence {
  static let vectorRules: [(Pair, Rule)] = [
    same { (p: DirichletDistribution, q: DirichletDistribution) in
      let (a, b) = (p.concentrations, q.concentrations)
      let slopes = a.digamma() - a.sum(axis: -1, keepDims: true).digamma()
      return q.logNorm - p.logNorm + ((a - b) * slopes).sum(axis: -1)
    },
    same { (p: MultivariateNormalDistribution, q: MultivariateNormalDistribution) in
      let gap = (p.mean - q.mean).expandingDims(at: -1)  // [..., n, 1]
      let distance = Linalg.solveTriangular(q.factor, gap).squared().sum(axes: [-2, -1])
      let ratio = Linalg.solveTriangular(q.factor, p.factor).squared().sum(axes: [-2, -1])
      let half = (ratio + distance - Double(p.mean.shape[-1])) * 0.5
      return half + q.halfLogDeterminant - p.halfLogDeterminant
    },
    same { (p: IndependentDistribution, q: IndependentDistribution) in
      guard p.axisCount == q.axisCount, p.eventShape == q.eventShape else {
        fail(
          "klDivergence: independent distributions of different events: \(p.eventShape), "
            + "\(q.eventShape)", at: .unknown)
      }
      return p.summed(klDivergence(p.base, q.base))
    },
  ]
}
