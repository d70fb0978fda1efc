/// The share of yes-or-no predictions that are right.
public struct BinaryAccuracy: PairMetric, SummingMetric {
  public var sums = [sum([], .int64), sum([], .int64)]
  /// A score above it is a yes.
  public let threshold: Double

  /// - Parameter threshold: a score above it is a yes; 0 for logits.
  public init(threshold: Double = 0.5) { self.threshold = threshold }

  /// Takes in a batch; does not wait.
  ///
  /// - Parameters:
  ///   - scores: floats of any shape.
  ///   - targets: of the same shape, 0 or 1.
  public mutating func update(
    _ scores: NDArray, _ targets: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) {
    requireSameShapes("binaryAccuracy", scores, targets, at: CallSite(file, line))
    add(((scores.detached() .> threshold) .== (targets .> 0)).cast(to: .int64))
  }

  /// The share since the last reset; NaN before the first update. Waits.
  public var value: Double { ratio }
}
