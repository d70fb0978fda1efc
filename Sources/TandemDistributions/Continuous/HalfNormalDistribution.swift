/// The distribution of the size of a normal number of mean zero; `scipy.stats.halfnorm`.
public struct HalfNormalDistribution: Distribution {
  public static let name = "halfNormal"

  /// The standard deviation of the normal number, positive.
  public let scale: NDArray

  /// - Parameter scale: the standard deviation of the normal number, positive.
  public init(
    scale: some RandomParameter = 1.0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let found = Parameters(Self.name, [scale], CallSite(file, line)).arrays
    self.scale = found[0]
  }

  public var batchShape: Shape { scale.shape }

  public var dtype: DType { scale.dtype }

  public var mean: NDArray { scale * 0.7978845608028654 }

  public var variance: NDArray { scale.squared() * 0.3633802276324186 }

  public var entropy: NDArray? { scale.log() + 0.7257913526447274 }

  public func logProbability(_ value: NDArray) -> NDArray {
    value.within(value .>= 0, safe: 0) {
      ($0 / scale).squared() * -0.5 - scale.log() - 0.2257913526447274
    }
  }

  public func draw(_ rows: Shape, key: RandomKey?) -> NDArray {
    NDArray.random.halfNormal(rows, scale: scale, key: key)
  }
}
