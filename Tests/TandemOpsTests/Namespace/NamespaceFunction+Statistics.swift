import TandemArray

extension NamespaceFunction {
  /// Averages, quantiles, reductions that leave out NaN, counting.
  static let statistics: [NamespaceFunction] = [
    .one("average") { x, f in
      x[0].average(axis: f.optional(0), weights: x.count > 1 ? x[1] : nil, keepDims: f.flag(1))
    },
    .one("peakToPeak") { x, f in x[0].peakToPeak(axis: f.optional(0), keepDims: f.flag(1)) },
    .one("countNonzero", .compiled) { x, f in
      x[0].countNonzero(axis: f.optional(0), keepDims: f.flag(1))
    },
    .one("covariance") { x, f in
      x[0].covariance(rowsAreVariables: f.flag(0), correction: f.double(1))
    },
    .one("correlationCoefficients") { x, f in
      x[0].correlationCoefficients(rowsAreVariables: f.flag(0))
    },
    .one("diff") { x, f in x[0].diff(order: f.int(0), axis: f.int(1)) },
    .one("flatDifferences") { x, _ in
      x.count == 1
        ? x[0].flatDifferences() : x[0].flatDifferences(prepending: x[1], appending: x[2])
    },
    .one("logCumulativeSumExp") { x, f in
      x[0].logCumulativeSumExp(axis: f.int(0), reversed: f.flag(1))
    },
    .one("median") { x, f in x[0].median(axis: f.optional(0), keepDims: f.flag(1)) },
    .one("quantile") { x, f in
      x[0].quantile(f.double(2), axis: f.optional(0), method: method(f), keepDims: f.flag(1))
    },
    .one("quantiles") { x, f in x[0].quantile(f.doubles(0), axis: f.optional(1)) },
    .one("percentile") { x, f in
      x[0].percentile(f.double(2), axis: f.optional(0), method: method(f), keepDims: f.flag(1))
    },
    .one("nanSum") { x, f in x[0].nanSum(axis: f.optional(0), keepDims: f.flag(1)) },
    .one("nanProduct") { x, f in x[0].nanProduct(axis: f.optional(0), keepDims: f.flag(1)) },
    .one("nanMax") { x, f in x[0].nanMax(axis: f.optional(0), keepDims: f.flag(1)) },
    .one("nanMin") { x, f in x[0].nanMin(axis: f.optional(0), keepDims: f.flag(1)) },
    .one("nanArgMax", .compiled) { x, f in x[0].nanArgMax(axis: f.optional(0)) },
    .one("nanArgMin", .compiled) { x, f in x[0].nanArgMin(axis: f.optional(0)) },
    .one("nanMean") { x, f in x[0].nanMean(axis: f.optional(0), keepDims: f.flag(1)) },
    .one("nanVariance") { x, f in
      x[0].nanVariance(axis: f.optional(0), correction: f.double(2), keepDims: f.flag(1))
    },
    .one("nanStandardDeviation") { x, f in
      x[0].nanStandardDeviation(axis: f.optional(0), correction: f.double(2), keepDims: f.flag(1))
    },
    .one("nanMedian") { x, f in x[0].nanMedian(axis: f.optional(0), keepDims: f.flag(1)) },
    .one("nanQuantile") { x, f in
      x[0].nanQuantile(f.double(2), axis: f.optional(0), keepDims: f.flag(1))
    },
    .one("nanPercentile") { x, f in
      x[0].nanPercentile(f.double(2), axis: f.optional(0), keepDims: f.flag(1))
    },
    .one("nanCumulativeSum") { x, f in x[0].nanCumulativeSum(axis: f.int(0)) },
    .one("nanCumulativeProduct") { x, f in x[0].nanCumulativeProduct(axis: f.int(0)) },
    .one("bincount", .eagerOnly) { x, f in
      x[0].bincount(weights: x.count > 1 ? x[1] : nil, minimumLength: f.int(0))
    },
    .one("bincountOfLength") { x, f in
      x[0].bincount(weights: x.count > 1 ? x[1] : nil, length: f.int(0))
    },
    .one("histogramBinEdges", .compiled) { x, f in
      x[0].histogramBinEdges(bins: f.int(0), range: range(f))
    },
    .init("histogram", .compiled) { x, f in
      let result = x[0].histogram(
        bins: f.int(0), range: range(f), weights: x.count > 1 ? x[1] : nil, density: f.flag(2))
      return [result.counts, result.edges]
    },
    .one("histogramOfEdges", .compiled) { x, _ in x[0].histogram(edges: x[1]).counts },
    .one("histogramND", .compiled) { x, _ in x[0].histogramND(edges: Array(x.dropFirst())) },
  ]

  private static func range(_ form: NamespaceForm) -> (Double, Double)? {
    let bounds = form.doubles(1)
    return bounds.isEmpty ? nil : (bounds[0], bounds[1])
  }

  private static func method(_ form: NamespaceForm) -> QuantileMethod {
    switch form.word(3) {
    case "lower": .lower
    case "higher": .higher
    case "midpoint": .midpoint
    case "nearest": .nearest
    default: .linear
    }
  }
}
