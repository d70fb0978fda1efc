/// One axis of channels, each normalised over all other axes by its own mean and variance:
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + bias`.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[..., channels, ...]`, floating |
/// | `scale`, `bias` | `[channels]`, dtype of `x` |
/// | result | that of `x` |
/// | mean, variance | `[channels]`, at least float32 |
///
/// The variance divides by the number of elements.
///
/// - Complexity: one pass over memory if a channel fits the cache, in both directions.
/// - Reference: Ioffe and Szegedy, *Batch Normalization: Accelerating Deep Network Training by
///   Reducing Internal Covariate Shift*, arXiv:1502.03167.
public struct BatchNormalization: Op, Codable {
  public static let name = "batchNormalization"

  public static var inputCounts: ClosedRange<Int> { 3...3 }

  /// The axis of channels, from the front.
  public let axis: Int
  /// Added to the variance.
  public let epsilon: Double

  public init(axis: Int, epsilon: Double) { (self.axis, self.epsilon) = (axis, epsilon) }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireChannels(inputs, axis)
    let x = inputs[0]
    try require(
      x.shape.elementCount > 0 || x.shape[axis] == 0, "there is nothing to normalise", inputs)
    let statistic = TensorType([x.shape[axis]], x.dtype.accumulating)
    return TensorTypes([x, statistic, statistic])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (wide, shape) = (inputs[0].dtype.accumulating, inputs[0].shape.channels(axis))
    let y = lowering.room(for: 0, as: wide, shape)
    let factors = [1, 2].map { lowering.dense(lowering.input($0), as: wide, [shape[1]]) }
    lowering.emit(
      NormalizeChannels(epsilon: epsilon), [y, lowering.output(1), lowering.output(2)],
      [lowering.dense(lowering.input(0), as: wide, shape)] + factors)
    lowering.store(y, to: 0)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    var results: [Symbol?] = [nil, nil, nil]
    if let dy = cotangents[0] {
      results =
        Symbol.apply(
          BatchNormalizationGradient(axis: axis, epsilon: epsilon),
          inputs: [dy, inputs[0], inputs[1], outputs[1], outputs[2]], at: .unknown)
    }
    if cotangents[1] != nil || cotangents[2] != nil {
      let (x, _, mean, variance) = BatchNormalizationGradient.units(inputs[0], axis, epsilon)
      let part = Symbol.pullback(
        of: [mean.flattened(), variance.flattened()], Array(cotangents.dropFirst()), to: [x])[0]
      if let part { results[0] = results[0].map { $0 + part } ?? part }
    }
    return results
  }
}

/// The gradients of ``BatchNormalization`` with respect to x, scale and bias, from the cotangent of
/// its result, x, scale, mean and variance.
public struct BatchNormalizationGradient: Op, Codable {
  public static let name = "batchNormalizationGradient"

  public static var inputCounts: ClosedRange<Int> { 5...5 }

  /// As in ``BatchNormalization``.
  public let axis: Int
  /// As in ``BatchNormalization``.
  public let epsilon: Double

  public init(axis: Int, epsilon: Double) { (self.axis, self.epsilon) = (axis, epsilon) }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 5 && inputs[0] == inputs[1], "types differ", inputs)
    let wide = inputs[1].dtype.accumulating
    try requireChannels(inputs[1], axis, [inputs[2]], inputs[1].dtype, inputs)
    try requireChannels(inputs[1], axis, [inputs[3], inputs[4]], wide, inputs)
    return TensorTypes([inputs[1], inputs[2], inputs[2]])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (wide, shape) = (inputs[1].dtype.accumulating, inputs[1].shape.channels(axis))
    let results = [
      lowering.room(for: 0, as: wide, shape), lowering.room(for: 1, as: wide, [shape[1]]),
      lowering.room(for: 2, as: wide, [shape[1]]),
    ]
    let wholes = [0, 1].map { lowering.dense(lowering.input($0), as: wide, shape) }
    let factors = [2, 3, 4].map { lowering.dense(lowering.input($0), as: wide, [shape[1]]) }
    lowering.emit(NormalizeChannelsGradient(epsilon: epsilon), results, wholes + factors)
    for (index, result) in results.enumerated() { lowering.store(result, to: index) }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // Mean and variance are functions of x: the formula starts from x, dy and the scale alone.
    let (dy, scale) = (inputs[0], inputs[2])
    let (x, unit, _, variance) = Self.units(inputs[1], axis, epsilon)
    let others = (0..<x.rank).filter { $0 != axis }
    let wide = scale.reshaped(variance.shape)
    let dx =
      (dy - dy.mean(axes: others, keepDims: true)
        - unit * (dy * unit).mean(axes: others, keepDims: true))
      * ((variance + epsilon).rsqrt() * wide)
    let results = [dx, (dy * unit).sum(axes: others), dy.sum(axes: others)]
    return Symbol.pullback(of: results, cotangents, to: [dy, x, scale]) + [nil, nil]
  }

  /// The input, normalised, with mean and variance, by elementary operators.
  static func units(
    _ x: Symbol, _ axis: Int, _ epsilon: Double
  ) -> (x: Symbol, unit: Symbol, mean: Symbol, variance: Symbol) {
    let others = (0..<x.rank).filter { $0 != axis }
    let mean = x.mean(axes: others, keepDims: true)
    let centered = x - mean
    let variance = (centered * centered).mean(axes: others, keepDims: true)
    return (x, centered * (variance + epsilon).rsqrt(), mean, variance)
  }
}

/// The same with mean and variance that are given, as inference does:
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + bias`, in one loop.
///
/// Inputs: x, scale, bias, mean, variance; the last four `[channels]`. Result: that of `x`.
public struct BatchNormalizationInference: Op, Codable {
  public static let name = "batchNormalizationInference"

  public static var inputCounts: ClosedRange<Int> { 5...5 }

  /// The axis of channels, from the front.
  public let axis: Int
  /// Added to the variance.
  public let epsilon: Double

  public init(axis: Int, epsilon: Double) { (self.axis, self.epsilon) = (axis, epsilon) }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireChannels(inputs, axis, statistics: 2)
    return TensorTypes(inputs[0])
  }

  public func outputLayout(for type: TensorType, at index: Int, inputs: [Layout]) -> Layout {
    Layout.following([inputs[0]], type.shape)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (x, wide) = (inputs[0], inputs[0].dtype.accumulating)
    let channels = TensorType([x.shape[axis]], wide)
    let (factor, shift) = (lowering.temporary(channels), lowering.temporary(channels))
    lowering.map([factor, shift], (1...4).map { lowering.input($0) }) { elements in
      let v = elements.map { $0.cast(to: wide) }
      let factor = v[0] / (v[3] + v[3].constant(epsilon)).sqrt()
      return [factor, v[1] - v[2] * factor]
    }
    func spread(_ slot: Lowering.Slot) -> Lowering.Slot {
      let strides = (0..<x.rank).map { $0 == axis ? 1 : 0 }
      return slot.with(Layout(x.shape, strides: strides))
    }
    lowering.map([lowering.output(0)], [lowering.input(0), spread(factor), spread(shift)]) {
      [$0[0].cast(to: wide) * $0[1] + $0[2]]
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let x = inputs[0]
    var shape = Shape(Array(repeating: 1, count: x.rank))
    shape[axis] = x.shape[axis]
    let wide = inputs.dropFirst().map { $0.cast(to: x.dtype).reshaped(shape) }
    let y = (x - wide[2]) * (wide[3] + epsilon).rsqrt() * wide[0] + wide[1]
    return Symbol.pullback(of: [y], cotangents, to: inputs)
  }
}

/// Throws unless the first input has this axis and the others are vectors of its length: scale and
/// bias of its dtype, then statistics of any floating one.
private func requireChannels(
  _ inputs: TensorTypes, _ axis: Int, statistics: Int = 0
) throws(ShapeError) {
  let x = inputs[0]
  try require(inputs.count == 3 + statistics, "needs x, scale and bias", inputs)
  try require((0..<x.rank).contains(axis), "no axis \(axis)", inputs)
  try require(x.dtype.isFloatingPoint, "needs floats", inputs)
  for (index, factor) in inputs.enumerated().dropFirst() {
    try require(
      factor.shape == [x.shape[axis]], "axis \(axis) and the channels' numbers differ in length",
      inputs)
    try require(
      factor.dtype == x.dtype || (index > 2 && factor.dtype.isFloatingPoint), "dtypes differ",
      inputs)
  }
}

/// Throws unless `x` holds floats and each factor has one number of a dtype for each channel.
private func requireChannels(
  _ x: TensorType, _ axis: Int, _ factors: [TensorType], _ dtype: DType, _ inputs: TensorTypes
) throws(ShapeError) {
  try require((0..<x.rank).contains(axis), "no axis \(axis)", inputs)
  try require(x.dtype.isFloatingPoint, "needs floats", inputs)
  let wanted = TensorType([x.shape[axis]], dtype)
  try require(factors.allSatisfy { $0 == wanted }, "channels need \(wanted)", inputs)
}

extension Shape {
  /// What lies before an axis, the axis, and what lies behind it.
  fileprivate func channels(_ axis: Int) -> Shape {
    let lengths = array
    return [
      lengths[..<axis].reduce(1, *), lengths[axis], lengths[(axis + 1)...].reduce(1, *),
    ]
  }
}

extension ArrayExpression {
  /// One axis of channels, each normalised by its own statistics, which are returned too; see
  /// ``BatchNormalization``.
  public func batchNormalization(
    scale: Self, bias: Self, axis: Int = 1, epsilon: Double = 1e-5, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (result: Self, mean: Self, variance: Self) {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "batchNormalization", at: site)
    let outputs = Self.apply(
      BatchNormalization(axis: axis, epsilon: epsilon), inputs: [self, scale, bias], at: site)
    return (outputs[0], outputs[1], outputs[2])
  }

  /// One axis of channels normalised by given statistics; see ``BatchNormalizationInference``.
  public func batchNormalization(
    scale: Self, bias: Self, mean: Self, variance: Self, axis: Int = 1, epsilon: Double = 1e-5,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axis = self.axis(axis, of: "batchNormalization", at: site)
    return Self.apply(
      BatchNormalizationInference(axis: axis, epsilon: epsilon),
      inputs: [self, scale, bias, mean, variance], at: site)[0]
  }
}
