/// The distribution of what transforms make of another's draws;
/// `torch.distributions.TransformedDistribution`.
///
/// Mean, variance and entropy are not known in general: NaN, and none.
public struct TransformedDistribution: Distribution {
  public static let name = "transformed"

  /// What is drawn first.
  public let base: any Distribution
  /// What is applied to it, in order.
  public let transforms: [any Transform]

  /// - Parameters:
  ///   - base: what is drawn first; parameters of transforms must not broadcast beyond it.
  ///   - transforms: what is applied to it, in order.
  public init(_ base: any Distribution, _ transforms: [any Transform]) {
    (self.base, self.transforms) = (base, transforms)
  }

  public var batchShape: Shape { base.batchShape }

  public var eventShape: Shape { base.eventShape }

  public var dtype: DType { base.dtype }

  public var mean: NDArray { unknown }

  public var variance: NDArray { unknown }

  public func logProbability(_ value: NDArray) -> NDArray {
    var (y, slopes) = (value, NDArray.zeros(like: value))
    for transform in transforms.reversed() {
      let x = transform.inverse(y)
      slopes = slopes + transform.logSlope(x, y)
      y = x
    }
    let rank = eventShape.rank
    let total = rank == 0 ? slopes : slopes.sum(axes: Array(-rank..<0))
    return base.logProbability(y) - total
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    transforms.reduce(base.draw(rows, key: key)) { $1($0) }
  }
}
