/// A depthwise convolution over one axis; see ``DepthwiseConv``.
public typealias DepthwiseConv1D = DepthwiseConv<OneAxis>
/// A depthwise convolution over two axes; see ``DepthwiseConv``.
public typealias DepthwiseConv2D = DepthwiseConv<TwoAxes>
/// A depthwise convolution over three axes; see ``DepthwiseConv``.
public typealias DepthwiseConv3D = DepthwiseConv<ThreeAxes>

/// A convolution of each channel by itself, with one or more kernels for each.
///
/// - Input: `[batch, inputs, spatial...]`. Output: `[batch, inputs · multiplier, spatial'...]`, the
///   channels that come of one input channel side by side; lengths as of ``Conv``.
/// - Parameters: `weight`, `[inputs · multiplier, 1, kernel...]`; `bias`, `[inputs · multiplier]`,
///   starts at zero.
/// - Reference: Chollet, *Xception: Deep Learning with Depthwise Separable Convolutions*,
///   arXiv:1610.02357.
public struct DepthwiseConv<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "DepthwiseConv\(Axes.count)D" }

  public let weight: Parameter
  public let bias: Parameter?
  /// Kernel, stride, padding and dilation.
  public let window: SpatialWindow
  /// How many channels come of each.
  public let multiplier: Int

  /// - Parameters:
  ///   - kernel: the lengths of the kernel; one number for all axes, or a list.
  ///   - inputs: the number of channels that go in; inferred at the first call if `nil`.
  ///   - multiplier: how many channels come of each.
  ///   - stride: the step between positions; one number or a list.
  ///   - padding: zeros put at both ends of the axes; one number, a list, or `.same`.
  ///   - dilation: the distance of neighbouring kernel elements; one number or a list.
  ///   - hasBias: whether a number is added to each output channel.
  ///   - initializer: of the weight.
  public init(
    kernel: some AxisLengths, inputs: Int? = nil, multiplier: Int = 1,
    stride: some AxisLengths = 1, padding: some AxisPadding = 0, dilation: some AxisLengths = 1,
    hasBias: Bool = true, initializer: Initializer = .heUniform, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let name = LayerName(Self.layerName, Axes.count, at: CallSite(file, line))
    requirePositive(
      ["inputs": inputs ?? 1, "multiplier": multiplier], of: name.text, at: name.site)
    window = SpatialWindow(
      "kernel", kernel.axisLengths, stride: stride.axisLengths, padding: padding.spatialPadding,
      dilation: dilation.axisLengths, of: name)
    let channels = inputs.map { $0 * multiplier }
    weight = Parameter(shape: [channels, 1] + window.lengths, initializer: initializer)
    bias = hasBias ? Parameter(shape: [channels], initializer: .zeros) : nil
    self.multiplier = multiplier
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let inputs = x.rank == Axes.count + 2 ? x.shape[1] : 1
    let padding = window.widths(for: x.shape)
    return x.convolution(
      weight.value(for: inputs * multiplier), bias: bias?.value(for: inputs * multiplier),
      stride: window.stride, padding: padding.before, paddingEnd: padding.after,
      dilation: window.dilation, groups: max(inputs, 1))
  }
}
