/// The largest elements of windows of one axis; see ``MaxPool``.
public typealias MaxPool1D = MaxPool<OneAxis>
/// The largest elements of windows of two axes; see ``MaxPool``.
public typealias MaxPool2D = MaxPool<TwoAxes>
/// The largest elements of windows of three axes; see ``MaxPool``.
public typealias MaxPool3D = MaxPool<ThreeAxes>

/// The largest element of each window.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels, spatial'...]` with
///   `spatial' = (spatial + 2 · padding − dilation · (window − 1) − 1) / stride + 1`.
public struct MaxPool<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "MaxPool\(Axes.count)D" }

  /// Where the windows lie; padding never wins.
  public let window: SpatialWindow
  /// Whether a last window may reach over the end.
  public let ceilMode: Bool

  /// - Parameters:
  ///   - window: the lengths of the window; one number for all axes, or a list.
  ///   - stride: the step between windows; the window itself if `nil`.
  ///   - padding: positions that never win, put at both ends of the axes; or `.same`.
  ///   - dilation: the distance of neighbouring positions of a window.
  ///   - ceilMode: whether a last window may reach over the end.
  public init(
    _ window: some AxisLengths, stride: (some AxisLengths)? = Int?.none,
    padding: some AxisPadding = 0, dilation: some AxisLengths = 1, ceilMode: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.window = SpatialWindow(
      "window", window.axisLengths, stride: stride?.axisLengths ?? window.axisLengths,
      padding: padding.spatialPadding, dilation: dilation.axisLengths,
      of: LayerName(Self.layerName, Axes.count, at: CallSite(file, line)))
    self.ceilMode = ceilMode
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let padding = window.widths(for: x.shape)
    return x.maxPool(
      window: window.lengths, stride: window.stride, padding: padding.before,
      paddingEnd: padding.after, dilation: window.dilation, ceilMode: ceilMode)
  }
}
