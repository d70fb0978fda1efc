/// The mean over all spatial axes.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels]`.
/// - Reference: Lin, Chen and Yan, *Network In Network*, arXiv:1312.4400.
public struct GlobalAveragePool: ReportingLayer {
  /// The layer; it has no options.
  public init() {}

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    if x.rank < 3 {
      fail("mean: needs a batch, channels and spatial axes: \(x.type)", at: .unknown)
    }
    return x.mean(axes: Array(2..<x.rank))
  }
}
