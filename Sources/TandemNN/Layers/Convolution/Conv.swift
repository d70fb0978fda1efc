/// A convolution over one axis; see ``Conv``.
public typealias Conv1D = Conv<OneAxis>
/// A convolution over two axes, those of pictures; see ``Conv``.
public typealias Conv2D = Conv<TwoAxes>
/// A convolution over three axes; see ``Conv``.
public typealias Conv3D = Conv<ThreeAxes>

/// A convolution over spatial axes (cross-correlation, as in the field).
///
/// - Input: `[batch, inputs, spatial...]`. Output: `[batch, channels, spatial'...]` with
///   `spatial' = (spatial + 2 · padding − dilation · (kernel − 1) − 1) / stride + 1`, or
///   `spatial / stride`, rounded up, with padding `.same`.
/// - Parameters: `weight`, `[channels, inputs / groups, kernel...]`; `bias`, `[channels]`, starts
///   at zero.
public struct Conv<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "Conv\(Axes.count)D" }

  public let weight: Parameter
  public let bias: Parameter?
  /// Kernel, stride, padding and dilation.
  public let window: SpatialWindow
  /// Into how many independent parts the channels are cut.
  public let groups: Int

  /// - Parameters:
  ///   - channels: the number of channels that come out.
  ///   - kernel: the lengths of the kernel; one number for all axes, or a list.
  ///   - inputs: the number of channels that go in; inferred at the first call if `nil`.
  ///   - stride: the step between positions; one number or a list.
  ///   - padding: zeros put at both ends of the axes; one number, a list, or `.same`.
  ///   - dilation: the distance of neighbouring kernel elements; one number or a list.
  ///   - groups: into how many independent parts the channels are cut.
  ///   - hasBias: whether a number is added to each output channel.
  ///   - initializer: of the weight.
  public init(
    channels: Int, kernel: some AxisLengths, inputs: Int? = nil, stride: some AxisLengths = 1,
    padding: some AxisPadding = 0, dilation: some AxisLengths = 1, groups: Int = 1,
    hasBias: Bool = true, initializer: Initializer = .heUniform, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let name = LayerName(Self.layerName, Axes.count, at: CallSite(file, line))
    requirePositive(
      ["channels": channels, "inputs": inputs ?? 1, "groups": groups], of: name.text, at: name.site)
    window = SpatialWindow(
      "kernel", kernel.axisLengths, stride: stride.axisLengths, padding: padding.spatialPadding,
      dilation: dilation.axisLengths, of: name)
    for (what, count) in [("channels", channels), ("inputs", inputs ?? 0)]
    where !count.isMultiple(of: groups) {
      fail("\(name.text): \(what) must be a multiple of groups: \(count), \(groups)", at: name.site)
    }
    weight = Parameter(
      shape: [channels, inputs.map { $0 / groups }] + window.lengths, initializer: initializer)
    bias = hasBias ? Parameter(shape: [channels], initializer: .zeros) : nil
    self.groups = groups
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let inputs = x.rank == Axes.count + 2 ? x.shape[1] / groups : 1
    let padding = window.widths(for: x.shape)
    return x.convolution(
      weight.value(for: inputs), bias: bias?.value, stride: window.stride, padding: padding.before,
      paddingEnd: padding.after, dilation: window.dilation, groups: groups)
  }
}
