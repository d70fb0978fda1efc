/// The mean cosine of predictions and targets along the last axis.
public struct MeanCosineSimilarity: PairMetric, SummingMetric {
  public var sums = [sum(), sum([], .int64)]

  public init() {}

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - prediction: `[..., features]`, floats.
  ///   - target: of the same shape.
  public mutating func update(
    _ prediction: NDArray, _ target: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireSameShapes("meanCosineSimilarity", prediction, target, at: CallSite(file, line))
    let (a, b) = (prediction.cast(to: .float64), target.cast(to: .float64))
    let lengths = (a.squared().sum(axis: -1) * b.squared().sum(axis: -1)).sqrt()
    add((a * b).sum(axis: -1) / lengths.maximum(1e-8))
  }

  /// The mean since the last reset; NaN before the first update. Waits.
  public var value: Double { ratio }
}
