/// A linear function of the last axis: `y = x Wᵀ + b`.
///
/// - Input: `[..., inputs]`. Output: `[..., outputs]`.
/// - Parameters: `weight`, `[outputs, inputs]`; `bias`, `[outputs]`, starts at zero.
public struct Dense: ReportingLayer {
  public let weight: Parameter
  public let bias: Parameter?

  /// - Parameters:
  ///   - outputs: the number of features that come out.
  ///   - inputs: the number of features that go in; inferred at the first call if `nil`.
  ///   - hasBias: whether `b` is there.
  ///   - initializer: of the weight.
  public init(
    _ outputs: Int, inputs: Int? = nil, hasBias: Bool = true, initializer: Initializer = .heUniform,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["outputs": outputs, "inputs": inputs ?? 1], of: "Dense", at: site)
    weight = Parameter(shape: [outputs, inputs], initializer: initializer)
    bias = hasBias ? Parameter(shape: [outputs], initializer: .zeros) : nil
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    x.linear(weight.value(for: x.shape[-1]), bias: bias?.value)  // [..., outputs]
  }
}
