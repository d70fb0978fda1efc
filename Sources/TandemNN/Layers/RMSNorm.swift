/// Root-mean-square normalisation of the last axis: `x / sqrt(mean(x²) + epsilon) * scale`.
///
/// - Input: `[..., features]`. Output: the same shape.
/// - Parameters: `scale`, `[features]`, starts at one.
/// - Reference: Zhang and Sennrich, *Root Mean Square Layer Normalization*, arXiv:1910.07467.
public struct RMSNorm: ReportingLayer {
  public let scale: Parameter
  /// Added to the mean square.
  public let epsilon: Double

  /// - Parameters:
  ///   - features: the length of the last axis; inferred at the first call if `nil`.
  ///   - epsilon: added to the mean square; must be positive, in units of `x²`.
  public init(
    features: Int? = nil, epsilon: Double = 1e-5, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["features": features ?? 1], of: "RMSNorm", at: site)
    if !(epsilon > 0) { fail("RMSNorm: epsilon must be positive, got \(epsilon)", at: site) }
    scale = Parameter(shape: [features], initializer: .ones)
    self.epsilon = epsilon
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.rmsNormalization(
      scale: scale.value(for: x.rank > 0 ? x.shape[-1] : 1), epsilon: epsilon)
  }
}
