/// The mean of numbers that a function makes of predictions and targets.
///
///     var close = CustomMetric { ($0 - $1).abs() .< 0.1 }
public struct CustomMetric: PairMetric, SummingMetric {
  public var sums = [sum(), sum([], .int64)]
  private let function: @Sendable (NDArray, NDArray) -> NDArray

  /// - Parameter function: gives numbers or truths of any shape, the mean of which is reported.
  public init(_ function: @escaping @Sendable (NDArray, NDArray) -> NDArray) {
    self.function = function
  }

  /// Takes in a batch; does not wait.
  public mutating func update(
    _ prediction: NDArray, _ target: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) { add(function(prediction.detached(), target).cast(to: .float64)) }

  /// The mean since the last reset; NaN before the first update. Waits.
  public var value: Double { ratio }
}
