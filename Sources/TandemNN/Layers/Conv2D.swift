/// A convolution over two spatial axes (cross-correlation, as in the field).
///
/// - Input: `[batch, inputs, height, width]`. Output: `[batch, channels, height', width']` with
///   `height' = (height + 2 · padding − dilation · (kernel − 1) − 1) / stride + 1`.
/// - Parameters: `weight`, `[channels, inputs / groups, kernel, kernel]`; `bias`, `[channels]`,
///   starts at zero.
public struct Conv2D: Layer {
  public let weight: Parameter
  public let bias: Parameter?
  /// The step between positions.
  public let stride: Int
  /// How many zeros are put at each end of both axes.
  public let padding: Int
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
    initializer: Initializer = .heNormal, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    guard channels > 0, kernel > 0, stride > 0, padding >= 0, dilation > 0, groups > 0 else {
      fail(
        "Conv2D: channels, kernel, stride, dilation and groups must be positive and padding not "
          + "negative: \(channels), \(kernel), \(stride), \(dilation), \(groups), \(padding)",
        at: site)
    }
    guard channels % groups == 0, (inputs ?? 0) % groups == 0 else {
      fail("Conv2D: channels are not a multiple of groups: \(channels), \(groups)", at: site)
    }
    weight = Parameter(
      shape: [channels, inputs.map { $0 / groups }, kernel, kernel], initializer: initializer)
    bias = hasBias ? Parameter(shape: [channels], initializer: .zeros) : nil
    (self.stride, self.padding, self.dilation) = (stride, padding, dilation)
    self.groups = groups
  }

  public func callAsFunction(_ x: NDArray) -> NDArray {
    let inputs = x.rank == 4 ? x.shape[1] / groups : 1
    return x.convolution(
      weight.value(for: inputs), bias: bias?.value, stride: [stride], padding: [padding],
      dilation: [dilation], groups: groups)  // [batch, channels, height', width']
  }
}
