/// The means of windows of one axis; see ``AveragePool``.
public typealias AveragePool1D = AveragePool<OneAxis>
/// The means of windows of two axes; see ``AveragePool``.
public typealias AveragePool2D = AveragePool<TwoAxes>
/// The means of windows of three axes; see ``AveragePool``.
public typealias AveragePool3D = AveragePool<ThreeAxes>

/// The mean of each window.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels, spatial'...]` with
///   `spatial' = (spatial + 2 · padding − window) / stride + 1`.
public struct AveragePool<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "AveragePool\(Axes.count)D" }

  /// Where the windows lie.
  public let window: SpatialWindow
  /// Whether a last window may reach over the end.
  public let ceilMode: Bool
  /// Whether padding counts as zeros, or not at all.
  public let countsPadding: Bool

  /// - Parameters:
  ///   - window: the lengths of the window; one number for all axes, or a list.
  ///   - stride: the step between windows; the window itself if `nil`.
  ///   - padding: positions put at both ends of the axes; or `.same`.
  ///   - ceilMode: whether a last window may reach over the end; what lies there never counts.
  ///   - countsPadding: whether padding counts as zeros, or not at all.
  public init(
    _ window: some AxisLengths, stride: (some AxisLengths)? = Int?.none,
    padding: some AxisPadding = 0, ceilMode: Bool = false, countsPadding: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    self.window = SpatialWindow(
      "window", window.axisLengths, stride: stride?.axisLengths ?? window.axisLengths,
      padding: padding.spatialPadding,
      of: LayerName(Self.layerName, Axes.count, at: CallSite(file, line)))
    (self.ceilMode, self.countsPadding) = (ceilMode, countsPadding)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let padding = window.widths(for: x.shape)
    return x.averagePool(
      window: window.lengths, stride: window.stride, padding: padding.before,
      paddingEnd: padding.after, ceilMode: ceilMode, countsPadding: countsPadding)
  }
}
