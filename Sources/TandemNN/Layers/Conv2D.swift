/// A convolution over two spatial axes (cross-correlation, as in the field).
///
/// - Input: `[batch, inputs, height, width]`. Output: `[batch, channels, height', width']` with
///   `height' = (height + 2 · padding − dilation · (kernel − 1) − 1) / stride + 1`.
/// - Parameters: `weight`, `[channels, inputs / groups, kernel height, kernel width]`; `bias`,
///   `[channels]`, starts at zero.
public struct Conv2D: ReportingLayer {
  public let weight: Parameter
  public let bias: Parameter?
  /// The step between positions.
  public let stride: Int
  /// How many zeros are put at each end of the two axes.
  public let padding: [Int]
  /// The distance of neighbouring kernel elements.
  public let dilation: Int
  /// Into how many independent parts the channels are cut.
  public let groups: Int

  /// - Parameters:
  ///   - channels: the number of channels that come out.
  ///   - kernel: the side of the square kernel.
  ///   - inputs: the number of channels that go in; inferred at the first call if `nil`.
  ///   - stride: the step between positions.
  ///   - padding: zeros put around the picture.
  ///   - dilation: the distance of neighbouring kernel elements.
  ///   - groups: into how many independent parts the channels are cut.
  ///   - hasBias: whether a number is added to each output channel.
  ///   - initializer: of the weight.
  public init(
    channels: Int, kernel: Int, inputs: Int? = nil, stride: Int = 1, padding: Int = 0,
    dilation: Int = 1, groups: Int = 1, hasBias: Bool = true,
    initializer: Initializer = .heUniform, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(
      channels: channels, kernel: [kernel, kernel], inputs: inputs, stride: stride,
      padding: [padding, padding], dilation: dilation, groups: groups, hasBias: hasBias,
      initializer: initializer, at: CallSite(file, line))
  }

  /// - Parameters:
  ///   - channels: the number of channels that come out.
  ///   - kernel: height and width of the kernel.
  ///   - stride: the step between positions.
  ///   - padding: zeros put above and below, and left and right.
  ///   - hasBias: whether a number is added to each output channel.
  ///   - initializer: of the weight.
  public init(
    channels: Int, kernel: (height: Int, width: Int), stride: Int = 1,
    padding: (height: Int, width: Int) = (0, 0), hasBias: Bool = true,
    initializer: Initializer = .heUniform, file: StaticString = #fileID, line: UInt = #line
  ) {
    self.init(
      channels: channels, kernel: [kernel.height, kernel.width], inputs: nil, stride: stride,
      padding: [padding.height, padding.width], dilation: 1, groups: 1, hasBias: hasBias,
      initializer: initializer, at: CallSite(file, line))
  }

  private init(
    channels: Int, kernel: [Int], inputs: Int?, stride: Int, padding: [Int], dilation: Int,
    groups: Int, hasBias: Bool, initializer: Initializer, at site: CallSite
  ) {
    requirePositive(
      [
        "channels": channels, "kernel": kernel[0], "kernel": kernel[1], "inputs": inputs ?? 1,
        "stride": stride, "dilation": dilation, "groups": groups,
      ], of: "Conv2D", at: site)
    for length in padding where length < 0 {
      fail("Conv2D: padding must not be negative, got \(length)", at: site)
    }
    for (name, count) in [("channels", channels), ("inputs", inputs ?? 0)]
    where !count.isMultiple(of: groups) {
      fail("Conv2D: \(name) must be a multiple of groups: \(count), \(groups)", at: site)
    }
    weight = Parameter(
      shape: [channels, inputs.map { $0 / groups }] + kernel, initializer: initializer)
    bias = hasBias ? Parameter(shape: [channels], initializer: .zeros) : nil
    (self.stride, self.padding, self.dilation) = (stride, padding, dilation)
    self.groups = groups
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let inputs = x.rank == 4 ? x.shape[1] / groups : 1
    return x.convolution(
      weight.value(for: inputs), bias: bias?.value, stride: [stride], padding: padding,
      dilation: [dilation], groups: groups)  // [batch, channels, height', width']
  }
}
