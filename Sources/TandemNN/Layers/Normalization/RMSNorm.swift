/// Root-mean-square normalisation of the last axis: `x / sqrt(mean(x²) + epsilon) * scale`.
///
/// - Input: `[..., features]`. Output: the same shape.
/// - Parameters: `scale`, `[features]`, starts at one; none if not affine.
/// - Reference: Zhang and Sennrich, *Root Mean Square Layer Normalization*, arXiv:1910.07467.
public struct RMSNorm: ReportingLayer {
  public let scale: Parameter?
  /// Added to the mean square.
  public let epsilon: Double

  /// - Parameters:
  ///   - features: the length of the last axis; inferred at the first call if `nil`.
  ///   - isAffine: whether there is a `scale`.
  ///   - epsilon: added to the mean square; must be positive, in units of `x²`.
  public init(
    features: Int? = nil, isAffine: Bool = true, epsilon: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["features": features ?? 1], of: "RMSNorm", at: site)
    requireEpsilon(epsilon, of: "RMSNorm", at: site)
    scale = isAffine ? Parameter(shape: [features], initializer: .ones) : nil
    self.epsilon = epsilon
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let features = x.rank > 0 ? x.shape[-1] : 1
    return x.rmsNormalization(
      scale: scale?.value(for: features) ?? constant(1, features, beside: x), epsilon: epsilon)
  }
}
