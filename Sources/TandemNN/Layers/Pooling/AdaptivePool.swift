/// Means of windows that give one axis a certain length; see ``AdaptiveAveragePool``.
public typealias AdaptiveAveragePool1D = AdaptiveAveragePool<OneAxis>
/// Means of windows that give two axes certain lengths; see ``AdaptiveAveragePool``.
public typealias AdaptiveAveragePool2D = AdaptiveAveragePool<TwoAxes>
/// Means of windows that give three axes certain lengths; see ``AdaptiveAveragePool``.
public typealias AdaptiveAveragePool3D = AdaptiveAveragePool<ThreeAxes>
/// Largest elements of windows that give one axis a certain length; see ``AdaptiveMaxPool``.
public typealias AdaptiveMaxPool1D = AdaptiveMaxPool<OneAxis>
/// Largest elements of windows that give two axes certain lengths; see ``AdaptiveMaxPool``.
public typealias AdaptiveMaxPool2D = AdaptiveMaxPool<TwoAxes>
/// Largest elements of windows that give three axes certain lengths; see ``AdaptiveMaxPool``.
public typealias AdaptiveMaxPool3D = AdaptiveMaxPool<ThreeAxes>

/// The means of as many windows as are wanted: window `i` of an axis goes from `i · length /
/// wanted` rounded down to `(i + 1) · length / wanted` rounded up.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels, wanted...]`.
public struct AdaptiveAveragePool<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "AdaptiveAveragePool\(Axes.count)D" }

  /// The lengths that come out, one for each axis.
  public let lengths: [Int]

  /// - Parameter lengths: what comes out; one number for all axes, or a list.
  public init(
    _ lengths: some AxisLengths, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.lengths = LayerName(Self.layerName, Axes.count, at: CallSite(file, line))
      .axes("length", lengths.axisLengths, atLeast: 1)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.adaptiveAveragePool(to: lengths) }
}

/// The largest elements of as many windows as are wanted, placed as by ``AdaptiveAveragePool``.
///
/// - Input: `[batch, channels, spatial...]`. Output: `[batch, channels, wanted...]`.
public struct AdaptiveMaxPool<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "AdaptiveMaxPool\(Axes.count)D" }

  /// The lengths that come out, one for each axis.
  public let lengths: [Int]

  /// - Parameter lengths: what comes out; one number for all axes, or a list.
  public init(
    _ lengths: some AxisLengths, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.lengths = LayerName(Self.layerName, Axes.count, at: CallSite(file, line))
      .axes("length", lengths.axisLengths, atLeast: 1)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.adaptiveMaxPool(to: lengths) }
}
