/// Each channel times a factor that is computed from the means of all channels.
///
/// - Input: `[batch, channels, height, width]`. Output: the same shape.
/// - Parameters: `narrow` and `widen`, convolutions of windows of one element.
/// - Reference: Hu, Shen, Albanie, Sun and Wu, *Squeeze-and-Excitation Networks*,
///   arXiv:1709.01507.
public struct SqueezeExcitation: ReportingLayer {
  /// From the channels' means to fewer numbers.
  public let narrow: Conv2D
  /// From these to a number for each channel.
  public let widen: Conv2D
  /// Whether the last function is made of straight lines, as MobileNetV3's is.
  public let isHard: Bool

  /// - Parameters:
  ///   - channels: the number of channels.
  ///   - squeezed: the number of numbers in the middle.
  ///   - isHard: whether the last function is made of straight lines, instead of logistic.
  public init(channels: Int, squeezed: Int, isHard: Bool = false) {
    narrow = Conv2D(channels: squeezed, kernel: 1, inputs: channels)
    widen = Conv2D(channels: channels, kernel: 1, inputs: squeezed)
    self.isHard = isHard
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let scores = widen(narrow(x.mean(axes: [2, 3], keepDims: true)).relu())
    return x * (isHard ? scores.hardSigmoid(alpha: 1.0 / 6) : scores.sigmoid())
  }
}
