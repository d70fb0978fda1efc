/// The last axis divided by its root mean square: `y = x / sqrt(mean(x²) + epsilon) * scale`.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[..., features]`, floating |
/// | `scale` | `[features]`, dtype of `x` |
/// | result | that of `x` |
/// | `1 / sqrt(mean(x²) + epsilon)` | `[...]`, at least float32; what the gradient needs |
///
/// - Complexity: one pass over the elements, in both directions.
/// - Reference: Zhang and Sennrich, *Root Mean Square Layer Normalization*, arXiv:1910.07467.
public struct RMSNormalization: Op, Codable {
  public static let name = "rmsNormalization"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// Added to the mean square.
  public let epsilon: Double

  public init(epsilon: Double) { self.epsilon = epsilon }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireRows(inputs, factors: 1...1)
    return TensorTypes(
      inputs[0], TensorType(inputs[0].shape.dropLast(), inputs[0].dtype.accumulating))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.normalizeRows(inputs, epsilon: epsilon, centers: false)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil, nil] }
    return Symbol.apply(
      RMSNormalizationGradient(epsilon: epsilon), inputs: [dy, inputs[0], inputs[1], outputs[1]],
      at: .unknown)
  }
}

/// The gradients of ``RMSNormalization`` with respect to x and scale, from the cotangent of its
/// result, x, scale and the reciprocal root mean square.
public struct RMSNormalizationGradient: Op, Codable {
  public static let name = "rmsNormalizationGradient"

  public static var inputCounts: ClosedRange<Int> { 4...4 }

  /// As in ``RMSNormalization``.
  public let epsilon: Double

  public init(epsilon: Double) { self.epsilon = epsilon }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 4 && inputs[0] == inputs[1], "types differ", inputs)
    try requireRows(TensorTypes(inputs[1], inputs[2]), factors: 1...1)
    try requireStatistics(inputs[1], inputs.dropFirst(3), inputs)
    return TensorTypes(inputs[1], inputs[2])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.normalizeRowsGradient(inputs, centers: false)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // The root mean square is a function of x: the formula starts from x, dy and the scale alone.
    let (dy, x, scale) = (inputs[0], inputs[1], inputs[2])
    let rstd = ((x * x).mean(axis: -1, keepDims: true) + epsilon).rsqrt()
    let (unit, slope) = (x * rstd, dy * scale)
    let dx = (slope - unit * (slope * unit).mean(axis: -1, keepDims: true)) * rstd
    let results = [dx, (dy * unit).summed(to: scale.shape)]
    return Symbol.pullback(of: results, cotangents, to: [dy, x, scale]) + [nil]
  }
}

extension ArrayExpression {
  /// The last axis divided by its root mean square; see ``RMSNormalization``.
  public func rmsNormalization(
    scale: Self, epsilon: Double = 1e-5, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    .apply(RMSNormalization(epsilon: epsilon), inputs: [self, scale], at: CallSite(file, line))[0]
  }
}
