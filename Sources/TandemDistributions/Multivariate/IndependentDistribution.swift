import TandemShapes

/// A batch of independent distributions as one: the last axes of the batch become part of a draw;
/// `torch.distributions.Independent`.
public struct IndependentDistribution: Distribution {
  public static let name = "independent"

  /// What is drawn independently.
  public let base: any Distribution
  /// How many axes of its batch are part of a draw.
  public let axisCount: Int

  /// - Parameters:
  ///   - base: what is drawn independently.
  ///   - axisCount: how many axes of its batch, from the last, become part of a draw.
  public init(
    _ base: any Distribution, axisCount: Int = 1, file: StaticString = #fileID, line: UInt = #line
  ) {
    guard (0...base.batchShape.rank).contains(axisCount) else {
      fail(
        "independent: the batch \(base.batchShape) has no \(axisCount) axes",
        at: CallSite(file, line))
    }
    (self.base, self.axisCount) = (base, axisCount)
  }

  public var batchShape: Shape { base.batchShape.dropLast(axisCount) }

  public var eventShape: Shape {
    Shape(base.batchShape.array.suffix(axisCount) + base.eventShape.array)
  }

  public var dtype: DType { base.dtype }

  public var mean: NDArray { base.mean }

  public var variance: NDArray { base.variance }

  public var entropy: NDArray? { base.entropy.map(summed) }

  /// Without the last axes of the batch.
  func summed(_ x: NDArray) -> NDArray {
    axisCount == 0 ? x : x.sum(axes: Array(-axisCount..<0))
  }

  public func logProbability(_ value: NDArray) -> NDArray { summed(base.logProbability(value)) }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    base.draw(Shape(rows.array + base.batchShape.array.suffix(axisCount)), key: key)
  }
}
