/// The last axis normalised: `y = (x - mean) / sqrt(variance + epsilon) * scale + bias`.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[..., features]`, floating |
/// | `scale`, `bias` | `[features]`, dtype of `x` |
/// | result | that of `x` |
/// | mean and `1 / sqrt(variance + epsilon)` | `[...]`, at least float32; what the gradient needs |
///
/// - Complexity: one pass over the elements, in both directions.
/// - Reference: Ba, Kiros and Hinton, *Layer Normalization*, arXiv:1607.06450.
public struct LayerNormalization: Op, Codable {
  public static let name = "layerNormalization"

  public static var inputCounts: ClosedRange<Int> { 3...3 }

  /// Added to the variance.
  public let epsilon: Double

  public init(epsilon: Double) { self.epsilon = epsilon }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireRows(inputs, factors: 1...2)
    let statistic = TensorType(inputs[0].shape.dropLast(), inputs[0].dtype.accumulating)
    return TensorTypes([inputs[0], statistic, statistic])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.normalizeRows(inputs, epsilon: epsilon, centers: true)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil, nil, nil] }
    return Symbol.apply(
      LayerNormalizationGradient(epsilon: epsilon),
      inputs: [dy, inputs[0], inputs[1], outputs[1], outputs[2]], at: .unknown)
  }
}

/// The gradients of ``LayerNormalization`` with respect to x, scale and bias, from the cotangent of
/// its result, x, scale, mean and reciprocal deviation.
public struct LayerNormalizationGradient: Op, Codable {
  public static let name = "layerNormalizationGradient"

  public static var inputCounts: ClosedRange<Int> { 5...5 }

  /// As in ``LayerNormalization``.
  public let epsilon: Double

  public init(epsilon: Double) { self.epsilon = epsilon }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 5 && inputs[0] == inputs[1], "types differ", inputs)
    try requireRows(TensorTypes(inputs[1], inputs[2]), factors: 1...1)
    try requireStatistics(inputs[1], inputs.dropFirst(3), inputs)
    return TensorTypes([inputs[1], inputs[2], inputs[2]])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.normalizeRowsGradient(inputs, centers: true)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // Mean and deviation are functions of x: the formula starts from x, dy and the scale alone.
    let (dy, x, scale) = (inputs[0], inputs[1], inputs[2])
    let centered = x - x.mean(axis: -1, keepDims: true)
    let rstd = ((centered * centered).mean(axis: -1, keepDims: true) + epsilon).rsqrt()
    let (unit, slope) = (centered * rstd, dy * scale)
    let dx =
      (slope - slope.mean(axis: -1, keepDims: true)
        - unit * (slope * unit).mean(axis: -1, keepDims: true)) * rstd
    let results = [
      dx, (dy * unit).summed(to: scale.shape), dy.summed(to: scale.shape),
    ]
    return Symbol.pullback(of: results, cotangents, to: [dy, x, scale]) + [nil, nil]
  }
}

/// Throws unless the first input is rows of floats and the others are vectors of a row's length.
func requireRows(
  _ inputs: TensorTypes, factors: ClosedRange<Int>
) throws(ShapeError) {
  let x = inputs[0]
  try require(x.rank >= 1, "needs one or more axes", inputs)
  try require(x.dtype.isFloatingPoint, "needs floats", inputs)
  for factor in inputs.dropFirst() {
    try require(factor.shape == [x.shape[-1]], "scale and bias need the last axis's length", inputs)
    try require(factor.dtype == x.dtype, "dtypes differ", inputs)
  }
}

/// Throws unless each statistic has a wide number for each row of `x`.
func requireStatistics(
  _ x: TensorType, _ statistics: some Sequence<TensorType>, _ inputs: TensorTypes
) throws(ShapeError) {
  let wanted = TensorType(x.shape.dropLast(), x.dtype.accumulating)
  try require(statistics.allSatisfy { $0 == wanted }, "statistics need \(wanted)", inputs)
}

extension Lowering {
  /// Adds the normalisation of the last axis: outputs result, mean (if it centres) and reciprocal
  /// deviation from inputs x, scale and bias (if it centres). Row-major arrays go through a kernel
  /// that reads a row once, others through loops that give the same bits.
  mutating func normalizeRows(_ inputs: TensorTypes, epsilon: Double, centers: Bool) {
    guard inputs.indices.allSatisfy({ input($0).layout.isRowMajor }), output(0).layout.isRowMajor
    else {
      normalizeRowsByLoops(inputs, epsilon: epsilon, centers: centers)
      return
    }
    let (x, wide) = (inputs[0], inputs[0].dtype.accumulating)
    let (rows, length) = (x.shape.dropLast().elementCount, x.shape[-1])
    let y = room(for: 0, as: wide, [rows, length])
    var results = [y]
    for statistic in 1..<(centers ? 3 : 2) {
      results.append(output(statistic).with(Layout([rows])))
    }
    var operands = [dense(input(0), as: wide, [rows, length])]
    for factor in 1..<inputs.count { operands.append(dense(input(factor), as: wide, [length])) }
    emit(NormalizeRows(epsilon: epsilon, centers: centers), results, operands)
    store(y, to: 0)
  }

  private mutating func normalizeRowsByLoops(
    _ inputs: TensorTypes, epsilon: Double, centers: Bool
  ) {
    let (x, wide) = (input(0), inputs[0].dtype.accumulating)
    let (axis, shape) = (inputs[0].rank - 1, inputs[0].shape)
    let count = Double(shape[axis])
    let statistic = TensorType(shape.keeping(axis), wide)
    var operands = [x]
    if centers {
      let (sum, mean) = (temporary(statistic), output(1).expanded(at: axis))
      reduce(sum, [x], axes: [axis], by: .sum) { $0[0].cast(to: wide) }
      map([mean], [sum]) { [$0[0] / count] }
      operands.append(mean.broadcast(to: shape))
    }
    func centered(_ values: [LoopValue]) -> LoopValue {
      let x = values[0].cast(to: wide)
      return centers ? x - values[1] : x
    }
    let (squares, rstd) = (temporary(statistic), output(centers ? 2 : 1).expanded(at: axis))
    reduce(squares, operands, axes: [axis], by: .sum) { centered($0) * centered($0) }
    map([rstd], [squares]) { [($0[0] / count + epsilon).rsqrt()] }
    operands += [rstd, input(1)] + (centers ? [input(2)] : [])
    map([output(0)], operands) {
      let first = centers ? 2 : 1
      let y = (centered($0) * $0[first]) * $0[first + 1].cast(to: wide)
      return [centers ? y + $0[first + 2].cast(to: wide) : y]
    }
  }

  /// Adds its gradient: outputs dx, dScale and dBias (if it centres) from inputs dy, x, scale, mean
  /// (if it centres) and reciprocal deviation.
  mutating func normalizeRowsGradient(_ inputs: TensorTypes, centers: Bool) {
    let (x, wide) = (inputs[1], inputs[1].dtype.accumulating)
    let (rows, length) = (x.shape.dropLast().elementCount, x.shape[-1])
    var results = [room(for: 0, as: wide, [rows, length]), room(for: 1, as: wide, [length])]
    if centers { results.append(room(for: 2, as: wide, [length])) }
    var operands = [0, 1].map { dense(input($0), as: wide, [rows, length]) }
    operands.append(dense(input(2), as: wide, [length]))
    for statistic in 3..<inputs.count {
      operands.append(dense(input(statistic), as: wide, [rows]))
    }
    emit(NormalizeRowsGradient(centers: centers), results, operands)
    for (index, result) in results.enumerated() { store(result, to: index) }
  }
}

extension ArrayExpression {
  /// The last axis normalised; see ``LayerNormalization``.
  public func layerNormalization(
    scale: Self, bias: Self, epsilon: Double = 1e-5, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    .apply(
      LayerNormalization(epsilon: epsilon), inputs: [self, scale, bias], at: CallSite(file, line))[
        0]
  }
}
