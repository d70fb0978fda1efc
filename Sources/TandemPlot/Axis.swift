import Glibc

/// An axis that has been worked out: which numbers lie at its ends, and its ticks.
struct Axis {
  let scale: Plot.Scale
  let low: Double
  let high: Double
  let isReversed: Bool
  let ticks: [Tick]

  /// - Parameters:
  ///   - marks: what must fit.
  ///   - tickCount: about how many ticks there is room for.
  init(_ options: AxisOptions, _ marks: [Mark], _ direction: Mark.Direction, tickCount: Int) {
    let range = Axis.range(options, marks, direction)
    (low, high) = (range.lowerBound, range.upperBound)
    (scale, isReversed) = (options.scale, options.isReversed)
    ticks =
      options.categories.isEmpty
      ? Axis.ticks(options, range, tickCount) : Axis.named(options.categories, range)
  }

  /// About as many ticks as there is room for, but two with a number where they can be had: one
  /// alone says nothing.
  private static func ticks(
    _ options: AxisOptions, _ range: ClosedRange<Double>, _ count: Int
  ) -> [Tick] {
    var ticks: [Tick] = []
    for more in 0..<5 {
      ticks =
        options.scale == .log
        ? Ticks.logarithmic(range, count: count + more)
        : Ticks.linear(range, count: count + more, isWhole: options.isWhole)
      if ticks.count(where: { !$0.label.isEmpty }) >= 2 { break }
    }
    return ticks
  }

  /// Where a number lies, 0 at the low end and 1 at the high one; NaN for none.
  func fraction(_ value: Double) -> Double {
    let f =
      scale == .log
      ? (value > 0 ? (log10(value) - log10(low)) / (log10(high) - log10(low)) : .nan)
      : (value / 2 - low / 2) / (high / 2 - low / 2)
    return isReversed ? 1 - f : f
  }

  private static func named(_ names: [String], _ range: ClosedRange<Double>) -> [Tick] {
    names.enumerated().compactMap { index, name in
      range.contains(Double(index)) ? Tick(value: Double(index), label: name) : nil
    }
  }

  private static func range(
    _ options: AxisOptions, _ marks: [Mark], _ direction: Mark.Direction
  ) -> ClosedRange<Double> {
    if let limits = options.limits { return limits }
    let isLog = options.scale == .log
    var (low, high) = (Double.infinity, -Double.infinity)
    for list in marks.flatMap({ $0.numbers(direction) }) {
      for value in list where value.isFinite && (!isLog || value > 0) {
        low = min(low, value)
        high = max(high, value)
      }
    }
    guard low <= high else { return isLog ? 1...10 : 0...1 }
    let hasMargin = marks.contains { $0.wantsMargin(direction) }
    if isLog { return logarithmic(low, high, hasMargin) }
    return linear(low, high, hasMargin, marks.contains(where: \.standsOnZero) && direction == .y)
  }

  private static func logarithmic(_ low: Double, _ high: Double, _ hasMargin: Bool)
    -> ClosedRange<Double>
  {
    let least = Double.leastNonzeroMagnitude
    if low == high { return max(low / 3, least)...min(high * 3, .greatestFiniteMagnitude) }
    let margin = hasMargin ? pow(high / low, 0.04) : 1
    let wide = (max(low / margin, least), high * margin)
    return wide.1.isFinite ? wide.0...wide.1 : low...high
  }

  private static func linear(
    _ low: Double, _ high: Double, _ hasMargin: Bool, _ standsOnZero: Bool
  ) -> ClosedRange<Double> {
    // Halves first: the difference of the ends of the floats is none of them.
    let half = high / 2 - low / 2
    // Of one number, or of so close ones that no tick fits between them.
    if half <= max(abs(low), abs(high)) * 1e-14 {
      let room = low == 0 ? 0.5 : max(abs(low) * 0.1, abs(low).ulp * 8)
      let (below, above) = (low - room, high + room)
      if standsOnZero { return low == 0 ? 0...1 : min(0, below)...max(0, above) }
      return below.isFinite && above.isFinite ? below...above : low / 2...high
    }
    guard hasMargin, half < .greatestFiniteMagnitude / 4 else { return low...high }
    let margin = half * 0.1
    return
      (standsOnZero && low == 0 ? 0 : low - margin)...(standsOnZero && high == 0
      ? 0 : high + margin)
  }
}
