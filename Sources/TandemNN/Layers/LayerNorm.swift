/// Normalisation of the last axis: `y = (x - mean) / sqrt(variance + epsilon) * scale + bias`.
///
/// - Input: `[..., features]`. Output: the same shape.
/// - Parameters: `scale` and `bias`, `[features]`, start at one and zero.
/// - Reference: Ba, Kiros and Hinton, *Layer Normalization*, arXiv:1607.06450.
public struct LayerNorm: ReportingLayer {
  public let scale: Parameter
  public let bias: Parameter
  /// Added to the variance.
  public let epsilon: Double

  /// - Parameters:
  ///   - features: the length of the last axis; inferred at the first call if `nil`.
  ///   - epsilon: added to the variance; must be positive.
  public init(
    features: Int? = nil, epsilon: Double = 1e-5, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["features": features ?? 1], of: "LayerNorm", at: site)
    if !(epsilon > 0) { fail("LayerNorm: epsilon must be positive, got \(epsilon)", at: site) }
    scale = Parameter(shape: [features], initializer: .ones)
    bias = Parameter(shape: [features], initializer: .zeros)
    self.epsilon = epsilon
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let features = x.rank > 0 ? x.shape[-1] : 1
    return x.layerNormalization(
      scale: scale.value(for: features), bias: bias.value(for: features), epsilon: epsilon)
  }
}
