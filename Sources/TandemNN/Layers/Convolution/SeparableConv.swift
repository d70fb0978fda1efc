/// A depthwise separable convolution over one axis; see ``SeparableConv``.
public typealias SeparableConv1D = SeparableConv<OneAxis>
/// A depthwise separable convolution over two axes; see ``SeparableConv``.
public typealias SeparableConv2D = SeparableConv<TwoAxes>
/// A depthwise separable convolution over three axes; see ``SeparableConv``.
public typealias SeparableConv3D = SeparableConv<ThreeAxes>

/// A convolution of each channel by itself, and one of windows of one element over all channels.
///
/// - Input: `[batch, inputs, spatial...]`. Output: `[batch, channels, spatial'...]`, lengths as of
///   ``Conv``.
/// - Parameters: `depthwise.weight`, `[inputs · multiplier, 1, kernel...]`; `pointwise.weight`,
///   `[channels, inputs · multiplier, 1...]`, and `pointwise.bias`, `[channels]`.
/// - Reference: Chollet, *Xception: Deep Learning with Depthwise Separable Convolutions*,
///   arXiv:1610.02357.
public struct SeparableConv<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "SeparableConv\(Axes.count)D" }

  /// What looks at each channel by itself; without bias.
  public let depthwise: DepthwiseConv<Axes>
  /// What mixes the channels.
  public let pointwise: Conv<Axes>

  /// - Parameters:
  ///   - channels: the number of channels that come out.
  ///   - kernel: the lengths of the kernel; one number for all axes, or a list.
  ///   - multiplier: how many channels come of each before they are mixed.
  ///   - stride: the step between positions; one number or a list.
  ///   - padding: zeros put at both ends of the axes; one number, a list, or `.same`.
  ///   - dilation: the distance of neighbouring kernel elements; one number or a list.
  ///   - hasBias: whether a number is added to each output channel.
  public init(
    channels: Int, kernel: some AxisLengths, multiplier: Int = 1, stride: some AxisLengths = 1,
    padding: some AxisPadding = 0, dilation: some AxisLengths = 1, hasBias: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    depthwise = DepthwiseConv(
      kernel: kernel, multiplier: multiplier, stride: stride, padding: padding,
      dilation: dilation, hasBias: false, file: file, line: line)
    pointwise = Conv(channels: channels, kernel: 1, hasBias: hasBias, file: file, line: line)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { pointwise(depthwise(x)) }
}
