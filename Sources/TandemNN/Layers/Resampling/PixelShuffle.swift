/// Channels spread over one axis; see ``PixelShuffle``.
public typealias PixelShuffle1D = PixelShuffle<OneAxis>
/// Channels spread over two axes; see ``PixelShuffle``.
public typealias PixelShuffle2D = PixelShuffle<TwoAxes>
/// Channels spread over three axes; see ``PixelShuffle``.
public typealias PixelShuffle3D = PixelShuffle<ThreeAxes>
/// One axis gathered to channels; see ``PixelUnshuffle``.
public typealias PixelUnshuffle1D = PixelUnshuffle<OneAxis>
/// Two axes gathered to channels; see ``PixelUnshuffle``.
public typealias PixelUnshuffle2D = PixelUnshuffle<TwoAxes>
/// Three axes gathered to channels; see ``PixelUnshuffle``.
public typealias PixelUnshuffle3D = PixelUnshuffle<ThreeAxes>

/// Channels spread over the spatial axes.
///
/// - Input: `[batch, channels · Π factors, spatial...]`. Output:
///   `[batch, channels, spatial · factor...]`.
/// - Reference: Shi et al., *Real-Time Single Image and Video Super-Resolution Using an Efficient
///   Sub-Pixel Convolutional Neural Network*, arXiv:1609.05158.
public struct PixelShuffle<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "PixelShuffle\(Axes.count)D" }

  /// By how much each axis becomes longer.
  public let factors: [Int]

  /// - Parameter factors: by how much the axes become longer; one number, or a list.
  public init(_ factors: some AxisLengths, file: StaticString = #fileID, line: UInt = #line) {
    self.factors = LayerName(Self.layerName, Axes.count, at: CallSite(file, line))
      .axes("factor", factors.axisLengths, atLeast: 1)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.pixelShuffled(by: factors) }
}

/// Pixels gathered to channels, the way back of ``PixelShuffle``.
///
/// - Input: `[batch, channels, spatial...]`. Output:
///   `[batch, channels · Π factors, spatial / factor...]`.
public struct PixelUnshuffle<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "PixelUnshuffle\(Axes.count)D" }

  /// By how much each axis becomes shorter.
  public let factors: [Int]

  /// - Parameter factors: by how much the axes become shorter; one number, or a list.
  public init(_ factors: some AxisLengths, file: StaticString = #fileID, line: UInt = #line) {
    self.factors = LayerName(Self.layerName, Axes.count, at: CallSite(file, line))
      .axes("factor", factors.axisLengths, atLeast: 1)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { x.pixelUnshuffled(by: factors) }
}
