/// The mean of losses, as they are computed in training.
public struct MeanLoss: SummingMetric {
  public var sums = [sum(), sum([], .int64)]

  public init() {}

  /// Takes in losses; does not wait for them.
  ///
  /// - Parameter losses: floats of any shape, each a loss that counts as much as any other.
  public mutating func update(_ losses: NDArray) { add(losses.detached().cast(to: .float64)) }

  /// The mean since the last reset; NaN before the first update. Waits.
  public var value: Double { ratio }
}
