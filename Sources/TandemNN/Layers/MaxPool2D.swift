/// The largest element of each window of two spatial axes.
///
/// - Input: `[batch, channels, height, width]`. Output: `[batch, channels, height', width']` with
///   `height' = (height + 2 · padding − window) / stride + 1`.
public struct MaxPool2D: ReportingLayer {
  /// The side of the square window.
  public let window: Int
  /// The step between windows.
  public let stride: Int
  /// How many positions that never win are put at each end of both axes.
  public let padding: Int

  /// - Parameters:
  ///   - window: the side of the square window.
  ///   - stride: the step between windows; the window itself if `nil`.
  ///   - padding: positions put around the picture that never win.
  public init(
    _ window: Int, stride: Int? = nil, padding: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["window": window, "stride": stride ?? 1], of: "MaxPool2D", at: site)
    if padding < 0 { fail("MaxPool2D: padding must not be negative, got \(padding)", at: site) }
    (self.window, self.stride, self.padding) = (window, stride ?? window, padding)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.maxPool(window: [window, window], stride: [stride], padding: [padding])
  }
}
