/// How numbers drawn from the standard gamma distribution move with its shape: the derivative while
/// their rank, the value of the distribution function, stays.
///
/// | value | shape |
/// | --- | --- |
/// | shapes | broadcast to that of the samples; floats |
/// | samples | any, floats; or their logarithms |
/// | result | that of the samples, and their dtype |
///
/// Computed in float64, accurate to 1e-10. No gradient flows through it.
///
/// - Complexity: O(count(samples)), with about 1 µs for each.
/// - Reference: Figurnov, Mohamed and Mnih, *Implicit Reparameterization Gradients*, 2018,
///   arXiv:1805.08498.
public struct GammaSampleGradient: NonDifferentiableOp, Codable {
  public static let name = "gammaSampleGradient"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public static var acceptsNumbers: Bool { true }

  /// Whether samples are logarithms; then the logarithm's derivative comes out.
  public let isLogarithm: Bool

  public init(isLogarithm: Bool = false) { self.isLogarithm = isLogarithm }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(
      inputs[0].dtype.isFloatingPoint && inputs[1].dtype.isFloatingPoint, "needs floats", inputs)
    try requireBroadcast(inputs[0], to: inputs[1].shape, inputs)
    return TensorTypes(inputs[1])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let shape = inputs[1].shape
    let operands = (0..<2).map { lowering.spread(lowering.input($0), to: shape, .float64) }
    let result = lowering.temporary(.float64(shape))
    lowering.emit(GammaDerivative(isLogarithm: isLogarithm), [result], operands)
    lowering.convert(result, to: lowering.output(0))
  }
}

extension ArrayExpression {
  /// How samples of the standard gamma distribution of the shapes `self` move with them; see
  /// ``GammaSampleGradient``.
  public func gammaSampleGradient(
    _ samples: Self, isLogarithm: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(
      GammaSampleGradient(isLogarithm: isLogarithm), self, samples, at: CallSite(file, line))
  }
}
