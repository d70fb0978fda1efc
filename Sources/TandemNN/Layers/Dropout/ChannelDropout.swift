/// Dropout of whole channels over one axis; see ``ChannelDropout``.
public typealias Dropout1D = ChannelDropout<OneAxis>
/// Dropout of whole channels over two axes; see ``ChannelDropout``.
public typealias Dropout2D = ChannelDropout<TwoAxes>
/// Dropout of whole channels over three axes; see ``ChannelDropout``.
public typealias Dropout3D = ChannelDropout<ThreeAxes>

/// ``Dropout`` of whole channels: all positions of a channel of an example share one fate.
///
/// - Input: `[batch, channels, spatial...]`. Output: the same shape.
/// - Reference: Tompson, Goroshin, Jain, LeCun and Bregler, *Efficient Object Localization Using
///   Convolutional Networks*, arXiv:1411.4280.
public struct ChannelDropout<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "Dropout\(Axes.count)D" }

  /// The probability with which a channel becomes zero.
  public let probability: Double

  /// - Parameter probability: with which a channel becomes zero; from 0 to below 1.
  public init(_ probability: Double, file: StaticString = #fileID, line: UInt = #line) {
    requireProbability(probability, of: Self.layerName, at: CallSite(file, line))
    self.probability = probability
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    guard x.rank == Axes.count + 2 else {
      fail("dropout: needs \(Axes.count) spatial axes after two others: \(x.type)", at: .unknown)
    }
    guard isTraining, probability > 0 else { return x }
    let shape = Shape([x.shape[0], x.shape[1]] + Array(repeating: 1, count: Axes.count))
    return x * factors(shape, probability, beside: x)
  }
}
