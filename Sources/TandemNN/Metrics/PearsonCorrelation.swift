/// The correlation of predictions and targets; sums of squares in float64, so numbers should not be
/// far from zero in relation to their spread.
public struct PearsonCorrelation: PairMetric, SummingMetric {
  public var sums = (0..<6).map { _ in sum() }

  public init() {}

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - prediction: floats of any shape.
  ///   - target: of the same shape.
  public mutating func update(
    _ prediction: NDArray, _ target: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireSameShapes("pearsonCorrelation", prediction, target, at: CallSite(file, line))
    let (x, y) = (prediction.cast(to: .float64), target.cast(to: .float64))
    for (index, term) in [x, y, x * x, y * y, x * y].enumerated() { sums[index] += term.sum() }
    sums[5] += NDArray(Double(x.count), dtype: .float64)
  }

  /// The correlation since the last reset, −1 to 1. Waits.
  public var value: Double { correlation }

  private var correlation: Double {
    let s = sums.map { $0.item() }
    let covariance = s[5] * s[4] - s[0] * s[1]
    let variances = (s[5] * s[2] - s[0] * s[0], s[5] * s[3] - s[1] * s[1])
    return covariance / (variances.0 * variances.1).squareRoot()
  }
}
