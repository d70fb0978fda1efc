/// Normalisation of the last axis: `y = (x - mean) / sqrt(variance + epsilon) * scale + bias`.
///
/// - Input: `[..., features]`. Output: the same shape.
/// - Parameters: `scale` and `bias`, `[features]`, start at one and zero; none if not affine.
/// - Reference: Ba, Kiros and Hinton, *Layer Normalization*, arXiv:1607.06450.
public struct LayerNorm: ReportingLayer {
  public let scale: Parameter?
  public let bias: Parameter?
  /// Added to the variance.
  public let epsilon: Double

  /// - Parameters:
  ///   - features: the length of the last axis; inferred at the first call if `nil`.
  ///   - isAffine: whether there are `scale` and `bias`.
  ///   - epsilon: added to the variance; must be positive.
  public init(
    features: Int? = nil, isAffine: Bool = true, epsilon: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["features": features ?? 1], of: "LayerNorm", at: site)
    requireEpsilon(epsilon, of: "LayerNorm", at: site)
    scale = isAffine ? Parameter(shape: [features], initializer: .ones) : nil
    bias = isAffine ? Parameter(shape: [features], initializer: .zeros) : nil
    self.epsilon = epsilon
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let features = x.rank > 0 ? x.shape[-1] : 1
    return x.layerNormalization(
      scale: scale?.value(for: features) ?? constant(1, features, beside: x),
      bias: bias?.value(for: features) ?? constant(0, features, beside: x), epsilon: epsilon)
  }
}

/// A vector of one number, where the parameters of a normalisation would be.
func constant(_ value: Double, _ count: Int, beside x: NDArray) -> NDArray {
  withDevice(x.device) { NDArray.full([count], value, dtype: x.dtype) }
}
