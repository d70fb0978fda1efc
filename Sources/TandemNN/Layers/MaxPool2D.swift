/// The largest element of each window of two spatial axes.
///
/// - Input: `[batch, channels, height, width]`. Output: `[batch, channels, height', width']` with
///   `height' = (height + 2 · padding − window) / stride + 1`.
public struct MaxPool2D: Layer {
  /// Window, stride and padding.
  public let geometry: PoolGeometry

  /// - Parameters:
  ///   - window: the side of the square window.
  ///   - stride: the step between windows; the window itself if `nil`.
  ///   - padding: positions put around the picture that never win.
  public init(
    _ window: Int, stride: Int? = nil, padding: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    guard window > 0, (stride ?? 1) > 0, padding >= 0 else {
      fail(
        "MaxPool2D: window and stride must be positive and padding not negative: \(window), "
          + "\(stride ?? window), \(padding)", at: CallSite(file, line))
    }
    geometry = PoolGeometry(
      spatialRank: 2, window: window, stride: stride ?? window, padding: padding)
  }

  public func callAsFunction(_ x: NDArray) -> NDArray { x.maxPool(geometry) }
}
