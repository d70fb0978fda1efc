/// Channels in groups, each group of each example normalised by its own mean and variance.
///
/// - Input: `[batch, channels, ...]`. Output: the same shape.
/// - Parameters: `scale` and `bias`, `[channels]`, start at one and zero; none if not affine.
/// - Reference: Wu and He, *Group Normalization*, arXiv:1803.08494.
public struct GroupNorm: ReportingLayer {
  public let scale: Parameter?
  public let bias: Parameter?
  /// Into how many groups the channels are divided.
  public let groups: Int
  /// Added to the variance.
  public let epsilon: Double

  /// - Parameters:
  ///   - groups: into how many groups the channels are divided.
  ///   - channels: their number; inferred at the first call if `nil`.
  ///   - isAffine: whether there are `scale` and `bias`.
  ///   - epsilon: added to the variance; must be positive.
  public init(
    _ groups: Int, channels: Int? = nil, isAffine: Bool = true, epsilon: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["groups": groups, "channels": channels ?? 1], of: "GroupNorm", at: site)
    requireEpsilon(epsilon, of: "GroupNorm", at: site)
    if let channels, !channels.isMultiple(of: groups) {
      fail("GroupNorm: channels must be a multiple of groups: \(channels), \(groups)", at: site)
    }
    scale = isAffine ? Parameter(shape: [channels], initializer: .ones) : nil
    bias = isAffine ? Parameter(shape: [channels], initializer: .zeros) : nil
    (self.groups, self.epsilon) = (groups, epsilon)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let channels = x.rank > 1 ? x.shape[1] : 1
    return x.groupNormalization(
      groups: groups, scale: scale?.value(for: channels), bias: bias?.value(for: channels),
      epsilon: epsilon)
  }
}

/// Stops with a message if what is added to a variance is not positive.
func requireEpsilon(_ epsilon: Double, of layer: String, at site: CallSite) {
  if !(epsilon > 0) { fail("\(layer): epsilon must be positive, got \(epsilon)", at: site) }
}
