/// An array of random numbers, which depend on three numbers only: seed, stream and tick.
///
/// | value | shape |
/// | --- | --- |
/// | seed, stream, tick | zero-dimensional int64 or uint64, given as scalar inputs |
/// | result | as the attributes say |
///
/// Element `i` in row-major order depends on the key and on `i` alone, whatever the layout, the
/// number of threads and the instruction set.
///
/// | distribution | dtypes |
/// | --- | --- |
/// | uniform, normal, truncatedNormal, exponential, gumbel | floats |
/// | integers | integers that hold both ends |
/// | bernoulli | all but complex |
/// | permutation | int32, int64; one axis |
///
/// - Complexity: O(count).
/// - Reference: Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as easy as 1, 2, 3*, 2011.
public struct RandomSample: NonDifferentiableOp, Codable {
  public static let name = "random"

  public static var inputCounts: ClosedRange<Int> { 3...3 }

  public static var acceptsNumbers: Bool { true }

  public static var isRandom: Bool { true }

  /// How the numbers are distributed, with its parameters.
  public let distribution: RandomFill.Distribution
  /// The shape of the result.
  public let shape: Shape
  /// The dtype of the result.
  public let dtype: DType

  public init(_ distribution: RandomFill.Distribution, _ shape: Shape, _ dtype: DType) {
    (self.distribution, self.shape, self.dtype) = (distribution, shape, dtype)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 3, "needs seed, stream and tick", inputs)
    try requireKey(inputs, from: 0)
    let result = TensorType(shape, dtype)
    if let complaint { throw ShapeError("\(complaint): \(result)") }
    return TensorTypes(result)
  }

  /// What is wrong with the parameters or the dtype, if anything.
  private var complaint: String? {
    switch distribution {
    case .uniform(let low, let high):
      guard low <= high else { return "the range \(low)..<\(high) is empty" }
      return floatComplaint ?? widthComplaint(low, high)
    case .normal(_, let deviation):
      guard deviation >= 0 else { return "the standard deviation \(deviation) is negative" }
      return floatComplaint
    case .truncatedNormal(_, let deviation, let low, let high):
      guard deviation >= 0 else { return "the standard deviation \(deviation) is negative" }
      guard low < high else { return "the range \(low)..<\(high) is empty" }
      return floatComplaint
    case .exponential(let scale), .gumbel(_, let scale):
      guard scale >= 0 else { return "the scale \(scale) is negative" }
      return floatComplaint
    case .integers(let low, let high): return integersComplaint(low, high)
    case .bernoulli(let probability):
      guard (0...1).contains(probability) else {
        return "the probability \(probability) is not between 0 and 1"
      }
      return dtype.kind == .complex ? "needs a real dtype" : nil
    case .permutation:
      guard shape.rank == 1 else { return "a permutation needs one axis" }
      return dtype == .int32 || dtype == .int64 ? nil : "a permutation needs int32 or int64"
    }
  }

  private var floatComplaint: String? { dtype.isFloatingPoint ? nil : "needs a float dtype" }

  /// Elements are the low end and a part of the width, in float64 or float32.
  private func widthComplaint(_ low: Double, _ high: Double) -> String? {
    let width = dtype == .float64 ? high - low : Double(Float(high) - Float(low))
    return width.isFinite ? nil : "the width of the range \(low)..<\(high) is not finite"
  }

  private func integersComplaint(_ low: Int, _ high: Int) -> String? {
    guard low < high else { return "the range \(low)..<\(high) is empty" }
    guard dtype.isInteger else { return "needs an integer dtype" }
    guard let (least, greatest) = dtype.integerRange, low >= least, high - 1 <= greatest else {
      return "the range \(low)..<\(high) does not fit the dtype"
    }
    return nil
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let key = (0..<3).map(lowering.input)
    lowering.emit(
      RandomFill(distribution, storedWords: key.indices.filter { key[$0].scalar == nil }),
      [lowering.output(0)], key)
  }
}

extension DType {
  /// The least and greatest number of an integer dtype, as far as `Int` can hold them.
  var integerRange: (least: Int, greatest: Int)? {
    guard isInteger else { return nil }
    let bits = byteCount * 8
    if !isSigned { return (0, bits == 64 ? .max : (1 << bits) - 1) }
    return (bits == 64 ? .min : -(1 << (bits - 1)), bits == 64 ? .max : (1 << (bits - 1)) - 1)
  }
}

extension ArrayExpression {
  /// Random numbers for a key of three zero-dimensional 64-bit integers; see ``RandomSample``.
  public static func random(
    _ distribution: RandomFill.Distribution, _ shape: Shape, dtype: DType,
    seed: Self, stream: Self, tick: Self, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    apply(
      RandomSample(distribution, shape, dtype), inputs: [seed, stream, tick],
      at: CallSite(file, line))[0]
  }
}
