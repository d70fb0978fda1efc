/// Each channel of each example normalised by its own mean and variance.
///
/// - Input: `[batch, channels, spatial...]`. Output: the same shape.
/// - Parameters: `scale` and `bias`, `[channels]`, start at one and zero; none if not affine.
///
/// It is the same in training and in inference; PyTorch's running statistics are left out, as
/// Gluon and MLX do.
///
/// - Reference: Ulyanov, Vedaldi and Lempitsky, *Instance Normalization: The Missing Ingredient for
///   Fast Stylization*, arXiv:1607.08022.
public struct InstanceNorm: ReportingLayer {
  public let scale: Parameter?
  public let bias: Parameter?
  /// Added to the variance.
  public let epsilon: Double

  /// - Parameters:
  ///   - channels: their number; inferred at the first call if `nil`.
  ///   - isAffine: whether there are `scale` and `bias`.
  ///   - epsilon: added to the variance; must be positive.
  public init(
    channels: Int? = nil, isAffine: Bool = false, epsilon: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["channels": channels ?? 1], of: "InstanceNorm", at: site)
    requireEpsilon(epsilon, of: "InstanceNorm", at: site)
    scale = isAffine ? Parameter(shape: [channels], initializer: .ones) : nil
    bias = isAffine ? Parameter(shape: [channels], initializer: .zeros) : nil
    self.epsilon = epsilon
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    if x.rank < 3 {
      fail("instanceNorm: needs a batch, channels and spatial axes: \(x.type)", at: .unknown)
    }
    let channels = x.shape[1]
    return x.groupNormalization(
      groups: max(channels, 1), scale: scale?.value(for: channels),
      bias: bias?.value(for: channels), epsilon: epsilon)
  }
}
