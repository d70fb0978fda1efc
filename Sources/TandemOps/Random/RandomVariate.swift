/// An array of random numbers with parameters of their own for each element.
///
/// | value | shape |
/// | --- | --- |
/// | parameters | broadcast to the result's; floats or integers |
/// | seed, stream, tick | zero-dimensional int64 or uint64, given as scalar inputs |
/// | result | as the attributes say |
///
/// | kind | parameters | dtypes |
/// | --- | --- | --- |
/// | standardGamma, logStandardGamma | shape | floats |
/// | poisson | mean | floats and integers |
/// | binomial | trials, probability | floats and integers |
/// | standardTruncatedNormal | low end, high end | floats |
///
/// Element `i` in row-major order depends on the key, on `i` and on its own parameters alone.
/// Gradient: of the gamma distributions with respect to the shape, by implicit differentiation (see
/// ``GammaSampleGradient``); none of the others.
///
/// - Throws: when it runs, for the first element whose parameters the distribution does not have.
/// - Complexity: O(count(result)).
public struct RandomVariate: Op, Codable {
  public static let name = "randomVariate"

  public static var inputCounts: ClosedRange<Int> { 4...5 }

  public static var acceptsNumbers: Bool { true }

  public static var isRandom: Bool { true }

  /// The distribution.
  public let kind: RandomVariates.Kind
  /// The shape of the result.
  public let shape: Shape
  /// The dtype of the result.
  public let dtype: DType

  public init(_ kind: RandomVariates.Kind, _ shape: Shape, _ dtype: DType) {
    (self.kind, self.shape, self.dtype) = (kind, shape, dtype)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let count = kind.parameterCount
    try require(inputs.count == count + 3, "needs \(count + 3) inputs", inputs)
    for index in 0..<count {
      try requireBroadcast(inputs[index], to: shape, inputs)
      try require(inputs[index].dtype != .bool, "parameters need to be numbers", inputs)
    }
    try requireKey(inputs, from: count)
    let fits = dtype.isFloatingPoint || kind.isCount && dtype.isInteger
    try require(fits, "the dtype \(dtype) does not fit \(kind.rawValue)", inputs)
    return TensorTypes(TensorType(shape, dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let count = kind.parameterCount
    let parameters = (0..<count).map { index in
      let source = lowering.input(index)
      let shape = inputs[index].rank == 0 ? Shape() : shape
      return lowering.spread(source, to: shape, .float64)
    }
    let key = (count..<count + 3).map(lowering.input)
    lowering.emit(
      RandomVariates(kind, storedWords: key.storedWords), [lowering.output(0)], parameters + key)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    let none = inputs.map { _ -> Symbol? in nil }
    guard let dy = cotangents[0], kind == .standardGamma || kind == .logStandardGamma,
      inputs[0].dtype.isFloatingPoint
    else { return none }
    let op = GammaSampleGradient(isLogarithm: kind == .logStandardGamma)
    let slope = Symbol.apply(op, inputs[0], outputs[0], at: .unknown)
    let product = Symbol.apply(Multiply(), dy, slope, at: .unknown)
    let gradient = product.summed(to: inputs[0].shape).cast(to: inputs[0].dtype)
    return [gradient] + none.dropFirst()
  }
}

extension Lowering {
  /// A row-major temporary with a slot's elements, or its number, broadcast to a shape.
  mutating func spread(_ source: Slot, to shape: Shape, _ dtype: DType) -> Slot {
    let target = temporary(TensorType(shape, dtype))
    map([target], [source]) { [$0[0].cast(to: dtype)] }
    return target
  }
}

extension [Lowering.Slot] {
  /// Which words of a key are arrays, not numbers known at the call.
  var storedWords: [Int] { indices.filter { self[$0].scalar == nil } }
}

/// Complains unless three zero-dimensional 64-bit integers start at an input.
func requireKey(_ inputs: TensorTypes, from first: Int) throws(ShapeError) {
  for index in first..<first + 3 {
    try require(
      inputs[index].rank == 0 && inputs[index].dtype.isInteger
        && inputs[index].dtype.byteCount == 8, "the key needs zero-dimensional 64-bit integers",
      inputs)
  }
}

/// Complains unless a parameter broadcasts to a shape.
func requireBroadcast(
  _ parameter: TensorType, to shape: Shape, _ inputs: TensorTypes
) throws(ShapeError) {
  var fits = parameter.rank <= shape.rank
  for axis in 0..<min(parameter.rank, shape.rank) {
    let length = parameter.shape[-1 - axis]
    fits = fits && (length == 1 || length == shape[-1 - axis])
  }
  try require(fits, "\(parameter) does not broadcast to the shape \(shape)", inputs)
}

extension ArrayExpression {
  /// Random numbers with parameters for each element, for a key of three zero-dimensional 64-bit
  /// integers; see ``RandomVariate``.
  public static func randomVariate(
    _ kind: RandomVariates.Kind, _ parameters: [Self], _ shape: Shape, dtype: DType,
    key: [Self], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    apply(
      RandomVariate(kind, shape, dtype), inputs: parameters + key, at: CallSite(file, line))[0]
  }
}
