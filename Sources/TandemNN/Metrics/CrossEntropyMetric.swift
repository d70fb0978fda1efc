/// The mean of minus the logarithm of the probability of the right class; MXNet's `CrossEntropy`
/// and `NegativeLogLikelihood`.
public struct CrossEntropyMetric: PairMetric, SummingMetric {
  public var sums = [sum(), sum([], .int64)]
  /// Added to probabilities.
  public let epsilon: Double

  /// - Parameter epsilon: added to probabilities.
  public init(epsilon: Double = 1e-12) { self.epsilon = epsilon }

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - probabilities: `[..., classes]`, floats.
  ///   - labels: `[...]`, integers.
  public mutating func update(
    _ probabilities: NDArray, _ labels: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireClasses("crossEntropyMetric", probabilities, labels, at: CallSite(file, line))
    let right = labels.asIndices().expandingDims(at: -1)
    let chosen = probabilities.detached().takeAlongAxis(right, axis: -1).cast(to: .float64)
    add(-(chosen + epsilon).log())
  }

  /// The mean since the last reset; NaN before the first update. Waits.
  public var value: Double { ratio }
}
