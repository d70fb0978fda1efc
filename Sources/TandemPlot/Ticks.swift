import Glibc

/// A place on an axis that has a number or name.
struct Tick: Hashable {
  let value: Double
  /// Empty for a small tick without a number.
  let label: String
}

/// Numbers that people like to read on an axis.
enum Ticks {
  /// Ticks that lie in a range.
  ///
  /// - Parameters:
  ///   - count: how many there is room for, about.
  ///   - isWhole: whether only whole numbers will do.
  static func linear(_ range: ClosedRange<Double>, count: Int, isWhole: Bool = false) -> [Tick] {
    guard let found = extended(range.lowerBound, range.upperBound, count) else {
      return [range.lowerBound, range.upperBound].map {
        Tick(value: $0, label: NumberLabel.short($0))
      }
    }
    let step = isWhole ? max(1, found.step.rounded(.up)) : found.step
    // The first tick as a multiple of the step, which may be a half.
    let origin = isWhole ? 0 : found.first / step
    let first = (range.lowerBound / step - origin - 1e-9).rounded(.up)
    let last = (range.upperBound / step - origin + 1e-9).rounded(.down)
    guard last >= first, last - first < 1000 else { return [] }
    let values = (0...Int(last - first)).map { multiple(origin + first + Double($0), of: step) }
    let labels = NumberLabel.texts(values, step: step)
    return zip(values, labels).map { Tick(value: $0, label: $1) }
  }

  /// A multiple of a step as the nearest number that prints shortly: 3 × 0.1 is 0.3.
  private static func multiple(_ n: Double, of step: Double) -> Double {
    let product = n * step
    if product == 0 { return 0 }
    // A step has few decimal digits: so has the product, next to the size of the step.
    let digits = Int(12 - floor(log10(step)))
    guard abs(digits) < 290 else { return product }
    let scale = pow(10, Double(digits))
    let rounded = (product * scale).rounded()
    return rounded.isFinite && abs(rounded) < 1e300 ? rounded / scale : product
  }

  /// Powers of ten, with parts of them where there are few; linear ticks within less than one.
  static func logarithmic(_ range: ClosedRange<Double>, count: Int) -> [Tick] {
    let first = Int(floor(log10(range.lowerBound) + 1e-12))
    let last = Int(ceil(log10(range.upperBound) - 1e-12))
    let powers = (first...max(first, last)).filter { range.contains(pow(10, Double($0))) }
    if powers.isEmpty || powers.count < 2 && log10(range.upperBound / range.lowerBound) < 0.7 {
      return linear(range, count: count).filter { $0.value > 0 }
    }
    let every = max(1, (powers.count + max(count, 2) - 1) / max(count, 2))
    let named = powers.count <= 2 && count >= 4 ? [1, 2, 5] : [1]
    var ticks: [Tick] = []
    for power in first...last {
      for digit in 1...9 where every == 1 || digit == 1 {
        let value = digit == 1 ? pow(10, Double(power)) : Double(digit) * pow(10, Double(power))
        guard range.contains(value) else { continue }
        let isNamed = named.contains(digit) && (power % every == 0)
        ticks.append(Tick(value: value, label: isNamed ? NumberLabel.power(digit, power) : ""))
      }
    }
    return ticks
  }

  /// The labelling with the best sum of scores for simplicity, coverage and density, whose ticks
  /// may lie outside of the numbers by half a step.
  ///
  /// - Reference: Talbot, Lin and Hanrahan, *An Extension of Wilkinson's Algorithm for Positioning
  ///   Tick Labels on Axes*, InfoVis 2010, without the score for legibility.
  static func extended(_ low: Double, _ high: Double, _ count: Int)
    -> (first: Double, step: Double, last: Double)?
  {
    let size = high - low
    // Beyond these bounds powers of ten are no numbers any more.
    guard size < 1e290, size > 1e-280, size > max(abs(low), abs(high)) * 1e-14 else { return nil }
    var search = LabelSearch(low: low, high: high, wanted: max(2, count))
    search.run()
    return search.best
  }
}

/// The search of Talbot, Lin and Hanrahan; each loop ends when no better score can follow.
private struct LabelSearch {
  let low: Double
  let high: Double
  let wanted: Int
  var best: (first: Double, step: Double, last: Double)?
  private var bestScore = -2.0

  /// Steps, the nicest first.
  private static let niceSteps: [Double] = [1, 5, 2, 2.5, 4, 3]

  init(low: Double, high: Double, wanted: Int) {
    (self.low, self.high, self.wanted) = (low, high, wanted)
  }

  mutating func run() {
    for skip in 1...100 {
      for (rank, nice) in LabelSearch.niceSteps.enumerated() {
        let simplest = simplicity(rank, skip, hasZero: true)
        if score(simplest, 1, 1) < bestScore { return }
        tryCounts(skip, nice, rank, simplest)
      }
    }
  }

  private mutating func tryCounts(_ skip: Int, _ nice: Double, _ rank: Int, _ simplest: Double) {
    for count in 2...200 {
      let densest = densityBound(count)
      if score(simplest, 1, densest) < bestScore { return }
      let gap = (high - low) / Double(count + 1) / Double(skip) / nice
      var power = Int(ceil(log10(gap)))
      for _ in 0..<40 {
        let step = Double(skip) * nice * pow(10, Double(power))
        let span = step * Double(count - 1)
        if score(simplest, coverageBound(span), densest) < bestScore { break }
        tryStarts(count, skip, rank, step)
        power += 1
      }
    }
  }

  private mutating func tryStarts(_ count: Int, _ skip: Int, _ rank: Int, _ step: Double) {
    let skips = Double(skip)
    let start = floor(high / step) * skips - Double((count - 1) * skip)
    let end = ceil(low / step) * skips
    guard start <= end, end - start < 1000 else { return }
    for index in 0...Int(end - start) {
      let first = (start + Double(index)) * (step / skips)
      let last = first + step * Double(count - 1)
      let total = score(
        simplicity(rank, skip, hasZero: hasZero(first, last, step)), coverage(first, last),
        density(count, first, last))
      if total > bestScore { (bestScore, best) = (total, (first, step, last)) }
    }
  }

  private func score(_ simplicity: Double, _ coverage: Double, _ density: Double) -> Double {
    // The fourth weight, 0.05, is that of legibility, which is always 1 here.
    0.25 * simplicity + 0.2 * coverage + 0.5 * density + 0.05
  }

  private func simplicity(_ rank: Int, _ skip: Int, hasZero: Bool) -> Double {
    1 - Double(rank) / Double(LabelSearch.niceSteps.count - 1) - Double(skip) + (hasZero ? 1 : 0)
  }

  private func hasZero(_ first: Double, _ last: Double, _ step: Double) -> Bool {
    let remainder = first - step * floor(first / step)
    return (remainder < 1e-10 * step || step - remainder < 1e-10 * step) && first <= 0 && last >= 0
  }

  private func coverage(_ first: Double, _ last: Double) -> Double {
    let tenth = 0.1 * (high - low)
    let (below, above) = (high - last, low - first)
    return 1 - 0.5 * (below * below + above * above) / (tenth * tenth)
  }

  private func coverageBound(_ span: Double) -> Double {
    let size = high - low
    guard span > size else { return 1 }
    let (half, tenth) = ((span - size) / 2, 0.1 * size)
    return 1 - half * half / (tenth * tenth)
  }

  private func density(_ count: Int, _ first: Double, _ last: Double) -> Double {
    let actual = Double(count - 1) / (last - first)
    let ideal = Double(wanted - 1) / (max(last, high) - min(first, low))
    return 2 - max(actual / ideal, ideal / actual)
  }

  private func densityBound(_ count: Int) -> Double {
    count >= wanted ? 2 - Double(count - 1) / Double(wanted - 1) : 1
  }
}
