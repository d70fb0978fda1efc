/// How often each of `k` categories comes up in a number of draws; `numpy.random.multinomial`.
///
/// | value | shape |
/// | --- | --- |
/// | trials | broadcast to the result's without its last axis; integers or floats |
/// | weights | `[..., k]`, broadcast to the result's; floats or integers |
/// | seed, stream, tick | zero-dimensional int64 or uint64, given as scalar inputs |
/// | result | `rows` and a last axis of length `k` |
///
/// Weights are divided by their sum. Row `i` depends on the key, on `i` and on its own inputs
/// alone.
///
/// - Throws: when it runs, for negative weights, weights that are all zero, and trials that are not
///   whole numbers.
/// - Complexity: O(count(result)).
public struct RandomMultinomial: NonDifferentiableOp, Codable {
  public static let name = "randomMultinomial"

  public static var inputCounts: ClosedRange<Int> { 5...5 }

  public static var acceptsNumbers: Bool { true }

  public static var isRandom: Bool { true }

  /// The shape of the result without its last axis.
  public let rows: Shape
  /// The dtype of the result.
  public let dtype: DType

  public init(_ rows: Shape, _ dtype: DType) { (self.rows, self.dtype) = (rows, dtype) }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(
      inputs[1].rank >= 1 && inputs[1].shape[-1] > 0, "weights need a last axis", inputs)
    try require(rows.rank < Shape.maximumRank, "too many axes", inputs)
    let shape = rows.appending(inputs[1].shape[-1])
    try requireBroadcast(inputs[0], to: rows, inputs)
    try requireBroadcast(inputs[1], to: shape, inputs)
    try requireKey(inputs, from: 2)
    let fits = dtype.isFloatingPoint || dtype.isInteger
    try require(fits, "the dtype \(dtype) does not hold counts", inputs)
    return TensorTypes(TensorType(shape, dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let shape = rows.appending(inputs[1].shape[-1])
    let trials = lowering.spread(lowering.input(0), to: rows, .float64)
    let weights = lowering.spread(lowering.input(1), to: shape, .float64)
    let key = (2..<5).map(lowering.input)
    lowering.emit(
      RandomCategories(storedWords: key.storedWords), [lowering.output(0)], [trials, weights] + key)
  }
}

extension ArrayExpression {
  /// How often each category comes up in `trials` draws with these weights, for a key of three
  /// zero-dimensional 64-bit integers; see ``RandomMultinomial``.
  public func randomMultinomial(
    trials: Self, rows: Shape, dtype: DType = .int64, key: [Self], file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    Self.apply(
      RandomMultinomial(rows, dtype), inputs: [trials, self] + key, at: CallSite(file, line))[0]
  }
}
