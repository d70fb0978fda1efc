/// The mean distance of predictions from targets along the last axis.
public struct MeanPairwiseDistance: PairMetric, SummingMetric {
  public var sums = [sum(), sum([], .int64)]
  /// Which distance: 2 is Euclid's.
  public let power: Double

  /// - Parameter power: which distance; 2 is Euclid's.
  public init(power: Double = 2) { self.power = power }

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - prediction: `[..., features]`, floats.
  ///   - target: of the same shape.
  public mutating func update(
    _ prediction: NDArray, _ target: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireSameShapes("meanPairwiseDistance", prediction, target, at: CallSite(file, line))
    let difference = prediction.cast(to: .float64) - target.cast(to: .float64)
    let sums = difference.abs().power(power).sum(axis: -1)
    add(sums.power(1 / power))
  }

  /// The mean since the last reset; NaN before the first update. Waits.
  public var value: Double { ratio }
}
