/// A transposed convolution over one axis; see ``ConvTransposed``.
public typealias ConvTransposed1D = ConvTransposed<OneAxis>
/// A transposed convolution over two axes; see ``ConvTransposed``.
public typealias ConvTransposed2D = ConvTransposed<TwoAxes>
/// A transposed convolution over three axes; see ``ConvTransposed``.
public typealias ConvTransposed3D = ConvTransposed<ThreeAxes>

/// A transposed convolution, which spreads each element over a window: the way back of a ``Conv``
/// with the same numbers, as far as shapes go.
///
/// - Input: `[batch, inputs, spatial...]`. Output: `[batch, channels, spatial'...]` with
///   `spatial' = (spatial − 1) · stride − 2 · padding + dilation · (kernel − 1) + outputPadding +
///   1`.
/// - Parameters: `weight`, `[inputs, channels / groups, kernel...]`; `bias`, `[channels]`, starts
///   at zero.
/// - Reference: Zeiler, Krishnan, Taylor and Fergus, *Deconvolutional Networks*, CVPR 2010.
public struct ConvTransposed<Axes: SpatialAxes>: ReportingLayer, NamedLayer {
  public static var layerName: String { "ConvTransposed\(Axes.count)D" }

  public let weight: Parameter
  public let bias: Parameter?
  /// The step, for each axis, between the windows of neighbouring input elements.
  public let stride: [Int]
  /// How many positions are cut off at both ends of each axis.
  public let padding: [Int]
  /// How many positions are added at the end of each axis.
  public let outputPadding: [Int]
  /// The distance, for each axis, of neighbouring kernel elements.
  public let dilation: [Int]
  /// Into how many independent parts the channels are cut.
  public let groups: Int

  /// - Parameters:
  ///   - channels: the number of channels that come out.
  ///   - kernel: the lengths of the kernel; one number for all axes, or a list.
  ///   - inputs: the number of channels that go in; inferred at the first call if `nil`.
  ///   - stride: the step between windows; one number or a list.
  ///   - padding: positions cut off at both ends of the axes; one number or a list.
  ///   - outputPadding: positions added at the end of the axes, fewer than the stride.
  ///   - dilation: the distance of neighbouring kernel elements; one number or a list.
  ///   - groups: into how many independent parts the channels are cut.
  ///   - hasBias: whether a number is added to each output channel.
  ///   - initializer: of the weight.
  public init(
    channels: Int, kernel: some AxisLengths, inputs: Int? = nil, stride: some AxisLengths = 1,
    padding: some AxisLengths = 0, outputPadding: some AxisLengths = 0,
    dilation: some AxisLengths = 1, groups: Int = 1, hasBias: Bool = true,
    initializer: Initializer = .heUniform, file: StaticString = #fileID, line: UInt = #line
  ) {
    let name = LayerName(Self.layerName, Axes.count, at: CallSite(file, line))
    requirePositive(
      ["channels": channels, "inputs": inputs ?? 1, "groups": groups], of: name.text, at: name.site)
    let lengths = name.axes("kernel", kernel.axisLengths, atLeast: 1)
    self.stride = name.axes("stride", stride.axisLengths, atLeast: 1)
    self.padding = name.axes("padding", padding.axisLengths, atLeast: 0)
    self.outputPadding = name.axes("outputPadding", outputPadding.axisLengths, atLeast: 0)
    self.dilation = name.axes("dilation", dilation.axisLengths, atLeast: 1)
    for (what, count) in [("channels", channels), ("inputs", inputs ?? 0)]
    where !count.isMultiple(of: groups) {
      fail("\(name.text): \(what) must be a multiple of groups: \(count), \(groups)", at: name.site)
    }
    weight = Parameter(shape: [inputs, channels / groups] + lengths, initializer: initializer)
    bias = hasBias ? Parameter(shape: [channels], initializer: .zeros) : nil
    self.groups = groups
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let inputs = x.rank == Axes.count + 2 ? x.shape[1] : groups
    return x.transposedConvolution(
      weight.value(for: inputs), bias: bias?.value, stride: stride, padding: padding,
      outputPadding: outputPadding, dilation: dilation, groups: groups)
  }
}
