import Glibc

/// Counts numbers in intervals of equal width. The last interval holds its upper edge too.
///
/// How many intervals, if nobody says: as NumPy's `auto`, the smaller width of the two rules below.
///
/// - Reference: Freedman and Diaconis, *On the histogram as a density estimator: L2 theory*, 1981:
///   width `2 IQR n^(-1/3)`; Sturges, *The choice of a class interval*, 1926: `log2 n + 1` bins.
struct HistogramBins {
  /// One more than there are counts.
  let edges: [Double]
  let counts: [Double]

  private static let countMax = 2000

  init(_ values: [Double], count: Int?, isInteger: Bool) {
    let finite = values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    let wanted = count ?? HistogramBins.count(finite, high - low, isInteger: isInteger)
    if low == high { (low, high) = (low - 0.5, high + 0.5) }
    let bins = max(1, wanted)
    let width = high / Double(bins) - low / Double(bins)
    let edges = (0...bins).map { $0 == bins ? high : low + Double($0) * width }
    var counts = [Double](repeating: 0, count: bins)
    for value in finite {
      var bin = min(Int((value / width - low / width)), bins - 1)
      // The quotient is rounded; the edges decide.
      if bin > 0, value < edges[bin] { bin -= 1 }
      if bin < bins - 1, value >= edges[bin + 1] { bin += 1 }
      counts[max(0, bin)] += 1
    }
    (self.edges, self.counts) = (edges, counts)
  }

  private static func count(_ values: [Double], _ span: Double, isInteger: Bool) -> Int {
    guard values.count > 1, span > 0, span.isFinite else { return 1 }
    let n = Double(values.count)
    let sturges = span / (log2(n) + 1)
    let sorted = values.sorted()
    let spread = quantile(sorted, 0.75) - quantile(sorted, 0.25)
    let freedman = 2 * spread / cbrt(n)
    // A bound for numbers that mostly are one, with a few far away.
    let narrowest = span / n.squareRoot() / 2
    var width = freedman > 0 ? min(max(freedman, narrowest), sturges) : sturges
    if isInteger { width = max(width, 1) }
    return min(countMax, Int((span / width).rounded(.up)))
  }

  private static func quantile(_ sorted: [Double], _ q: Double) -> Double {
    let place = q * Double(sorted.count - 1)
    let index = min(Int(place), sorted.count - 2)
    return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
  }
}
