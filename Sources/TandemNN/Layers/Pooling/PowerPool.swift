/// The norms of windows of one axis; see ``LPPool``.
public typealias LPPool1D = LPPool<OneAxis>
/// The norms of windows of two axes; see ``LPPool``.
public typealias LPPool2D = LPPool<TwoAxes>
/// The norms of windows of three axes; see ``LPPool``.
public typealias LPPool3D = LPPool<ThreeAxes>
/// The sums of windows of one axis; see ``SumPool``.
public typealias SumPool1D = SumPool<OneAxis>
/// The sums of windows of two axes; see ``SumPool``.
public typealias SumPool2D = SumPool<TwoAxes>
/// The sums of windows of three axes; see ``SumPool``.
public typealias SumPool3D = SumPool<ThreeAxes>

/// The norm `(Σ |x|ᵖ)^(1/p)` of each window.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels, spatial'...]`, lengths as
///   of ``AveragePool``.
public struct LPPool<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "LPPool\(Axes.count)D" }

  /// The exponent.
  public let order: Double
  /// The sums of the powers.
  public let sums: SumPool<Axes>

  /// - Parameters:
  ///   - order: `p`, at least one; one gives sums of absolute values.
  ///   - window: the lengths of the window; one number for all axes, or a list.
  ///   - stride: the step between windows; the window itself if `nil`.
  ///   - padding: zeros put at both ends of the axes; or `.same`.
  ///   - ceilMode: whether a last window may reach over the end.
  public init(
    _ order: Double, window: some AxisLengths, stride: (some AxisLengths)? = Int?.none,
    padding: some AxisPadding = 0, ceilMode: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    if !(order >= 1) { fail("\(Self.layerName): order must be at least 1, got \(order)", at: site) }
    self.order = order
    sums = SumPool(
      SpatialWindow(
        "window", window.axisLengths, stride: stride?.axisLengths ?? window.axisLengths,
        padding: padding.spatialPadding, of: LayerName(Self.layerName, Axes.count, at: site)),
      ceilMode)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    if order == 1 { return sums(x.abs()) }
    let total = sums(order == 2 ? x.squared() : x.abs().power(order))
    // The root's slope at zero is infinite; there the gradient is zero.
    let isPositive = total .> 0
    let safe = NDArray.where(isPositive, total, 1)
    return .where(isPositive, order == 2 ? safe.sqrt() : safe.power(1 / order), 0)
  }
}

/// The sum of each window.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels, spatial'...]`, lengths as
///   of ``AveragePool``.
public struct SumPool<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "SumPool\(Axes.count)D" }

  /// Where the windows lie; padding is zeros.
  public let window: SpatialWindow
  /// Whether a last window may reach over the end.
  public let ceilMode: Bool

  /// - Parameters:
  ///   - window: the lengths of the window; one number for all axes, or a list.
  ///   - stride: the step between windows; the window itself if `nil`.
  ///   - padding: zeros put at both ends of the axes; or `.same`.
  ///   - ceilMode: whether a last window may reach over the end.
  public init(
    _ window: some AxisLengths, stride: (some AxisLengths)? = Int?.none,
    padding: some AxisPadding = 0, ceilMode: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    self.init(
      SpatialWindow(
        "window", window.axisLengths, stride: stride?.axisLengths ?? window.axisLengths,
        padding: padding.spatialPadding,
        of: LayerName(Self.layerName, Axes.count, at: CallSite(file, line))), ceilMode)
  }

  fileprivate init(_ window: SpatialWindow, _ ceilMode: Bool) {
    (self.window, self.ceilMode) = (window, ceilMode)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let padding = window.widths(for: x.shape)
    return x.sumPool(
      window: window.lengths, stride: window.stride, padding: padding.before,
      paddingEnd: padding.after, ceilMode: ceilMode)
  }
}
