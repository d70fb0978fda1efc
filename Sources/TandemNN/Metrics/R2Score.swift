/// How much of the targets' variance the predictions explain: `1 − Σ(t − p)² / Σ(t − mean t)²`.
public struct R2Score: PairMetric, SummingMetric {
  public var sums = (0..<4).map { _ in sum() }

  public init() {}

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - prediction: floats of any shape.
  ///   - target: of the same shape.
  public mutating func update(
    _ prediction: NDArray, _ target: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireSameShapes("r2Score", prediction, target, at: CallSite(file, line))
    let difference = prediction.cast(to: .float64) - target.cast(to: .float64)
    let target = target.cast(to: .float64)
    for (index, term) in [difference.squared(), target, target.squared()].enumerated() {
      sums[index] += term.sum()
    }
    sums[3] += NDArray(Double(target.count), dtype: .float64)
  }

  /// The part since the last reset, at most 1. Waits.
  public var value: Double { explained }

  private var explained: Double {
    let s = sums.map { $0.item() }
    return 1 - s[0] / (s[2] - s[1] * s[1] / s[3])
  }
}
