/// A running average that takes in a new value: `p = kept * p + (1 - kept) * factor * g`.
///
/// Inputs: the average and the new value. Output: the average.
public struct RunningAverageUpdate: UpdateOp {
  public static let name = "runningAverageUpdate"

  /// How much of the average stays.
  public let kept: Double
  /// What the new value is multiplied with.
  public let factor: Double

  public init(kept: Double, factor: Double = 1) { (self.kept, self.factor) = (kept, factor) }

  public var states: [String] { [] }
  public var numbers: [String] { [] }

  public func update(
    _ parameter: LoopValue, _ gradient: LoopValue, _ states: [LoopValue], _ numbers: [LoopValue]
  ) -> [LoopValue] {
    [
      parameter * parameter.constant(kept)
        + gradient * parameter.constant((1 - kept) * factor)
    ]
  }
}
