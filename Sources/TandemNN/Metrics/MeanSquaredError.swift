/// The mean squared difference of predictions and targets.
public struct MeanSquaredError: PairMetric, SummingMetric {
  public var sums = [sum(), sum([], .int64)]

  public init() {}

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - prediction: floats of any shape.
  ///   - target: of the same shape.
  public mutating func update(
    _ prediction: NDArray, _ target: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireSameShapes("meanSquaredError", prediction, target, at: CallSite(file, line))
    let difference = prediction.cast(to: .float64) - target.cast(to: .float64)
    add(difference.squared())
  }

  /// The mean since the last reset; NaN before the first update. Waits.
  public var value: Double { ratio }
}
