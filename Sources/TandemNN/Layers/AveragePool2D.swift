/// The mean of each window of two spatial axes.
///
/// - Input: `[batch, channels, height, width]`. Output: `[batch, channels, height', width']` with
///   `height' = (height + 2 · padding − window) / stride + 1`.
public struct AveragePool2D: ReportingLayer {
  /// The side of the square window.
  public let window: Int
  /// The step between windows.
  public let stride: Int
  /// How many positions are put at each end of both axes.
  public let padding: Int
  /// Whether padding counts as zeros, or not at all.
  public let countsPadding: Bool

  /// - Parameters:
  ///   - window: the side of the square window.
  ///   - stride: the step between windows; the window itself if `nil`.
  ///   - padding: positions put around the picture.
  ///   - countsPadding: whether padding counts as zeros, or not at all.
  public init(
    _ window: Int, stride: Int? = nil, padding: Int = 0, countsPadding: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["window": window, "stride": stride ?? 1], of: "AveragePool2D", at: site)
    if padding < 0 {
      fail("AveragePool2D: padding must not be negative, got \(padding)", at: site)
    }
    (self.window, self.stride, self.padding) = (window, stride ?? window, padding)
    self.countsPadding = countsPadding
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.averagePool(
      window: [window, window], stride: [stride], padding: [padding], countsPadding: countsPadding)
  }
}
