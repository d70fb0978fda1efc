/// A linear function and the products of all pairs of features, with weights that are inner
/// products of a vector for each feature: `1 + features · (1 + factors)` parameters.
///
/// - Input: `[batch, features]`. Output: `[batch]`.
/// - Parameters: `bias`, `[]`; `weight`, `[1, features]`; `factors`, `[features, factors]`.
/// - Complexity: O(features · factors) for each example: `Σ_{i<j} ⟨v_i, v_j⟩ x_i x_j` is half of
///   `Σ_f (Σ_i v_if x_i)² − Σ_i v_if² x_i²`.
/// - Reference: Rendle, *Factorization Machines*, ICDM 2010.
public struct FactorizationMachine: ReportingLayer {
  public let bias: Parameter
  public let weight: Parameter
  public let factors: Parameter

  /// - Parameters:
  ///   - features: the number of features; inferred at the first call if `nil`.
  ///   - factors: the lengths of the vectors.
  public init(
    features: Int? = nil, factors: Int, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["features": features ?? 1, "factors": factors], of: "FactorizationMachine",
      at: CallSite(file, line))
    bias = Parameter(shape: [], initializer: .zeros)
    weight = Parameter(shape: [1, features], initializer: .zeros)
    self.factors = Parameter(
      shape: [features, factors], initializer: .normal(standardDeviation: 0.01))
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    guard x.rank == 2 else {
      fail("factorizationMachine: needs [batch, features]: \(x.type)", at: .unknown)
    }
    let v = factors.value(for: x.shape[1])
    let line = x.linear(weight.value(for: x.shape[1])).squeezed(axis: 1) + bias.value  // [batch]
    let pairs = x.matmul(v).squared() - x.squared().matmul(v.squared())  // [batch, factors]
    return line + pairs.sum(axis: 1) * 0.5
  }
}
