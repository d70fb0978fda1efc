/// How many items are handled in a second; time is a parameter.
///
///     var throughput = Throughput()
///     throughput.update(items: batch.count, seconds: elapsed)
///
/// Merged with others it is that of all together: items add up, and of the times, which pass side
/// by side, the longest counts.
public struct Throughput: Metric {
  private var items = 0.0
  private var seconds = 0.0

  public init() {}

  /// Takes in what was done in some time.
  public mutating func update(items: Int, seconds: Double) {
    self.items += Double(items)
    self.seconds += seconds
  }

  /// Items per second; NaN before the first update.
  public var value: Double { items / seconds }

  /// One array: items and seconds.
  public var state: [NDArray] { [NDArray([items, seconds], shape: [2]).cast(to: .float64)] }

  public mutating func merge(state: [NDArray]) {
    let numbers = state.first?.scalars(as: Double.self) ?? []
    guard numbers.count == 2 else {
      fail("metric: another kind of state: \(state.map(\.type))", at: .unknown)
    }
    items += numbers[0]
    seconds = max(seconds, numbers[1])
  }

  public mutating func reset() { self = Throughput() }
}
