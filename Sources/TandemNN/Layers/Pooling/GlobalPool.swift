/// The mean over all spatial axes, one to three of them.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels]`, or
///   `[batch, channels, 1...]` if the axes are kept.
/// - Reference: Lin, Chen and Yan, *Network In Network*, arXiv:1312.4400.
public struct GlobalAveragePool: ReportingLayer {
  /// Whether the spatial axes stay, with length one.
  public let keepDims: Bool

  /// - Parameter keepDims: whether the spatial axes stay, with length one.
  public init(keepDims: Bool = false) { self.keepDims = keepDims }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.mean(axes: spatialAxes(of: x, "mean"), keepDims: keepDims)
  }
}

/// The largest elements over all spatial axes, one to three of them.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels]`, or
///   `[batch, channels, 1...]` if the axes are kept.
public struct GlobalMaxPool: ReportingLayer {
  /// Whether the spatial axes stay, with length one.
  public let keepDims: Bool

  /// - Parameter keepDims: whether the spatial axes stay, with length one.
  public init(keepDims: Bool = false) { self.keepDims = keepDims }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.max(axes: spatialAxes(of: x, "max"), keepDims: keepDims)
  }
}

/// The axes behind batch and channels; stops with a message if there are none.
private func spatialAxes(of x: NDArray, _ operation: String) -> [Int] {
  if x.rank < 3 {
    fail("\(operation): needs a batch, channels and spatial axes: \(x.type)", at: .unknown)
  }
  return Array(2..<x.rank)
}
