/// Different whole numbers below a limit, small ones more likely: `k` is drawn with probability
/// `log((k + 2) / (k + 1)) / log(range + 1)`, and drawn again if it was seen.
///
/// | value | shape |
/// | --- | --- |
/// | seed, stream, tick | zero-dimensional int64 or uint64, given as scalar inputs |
/// | numbers | `rows` and a last axis of length `count`, int64 |
/// | tries | `rows`, int64: how many numbers were drawn |
///
/// Row `i` depends on the key and on `i` alone. MXNet's `unique_zipfian`, for sampled softmax; the
/// last few of nearly all numbers take very many draws.
///
/// - Complexity: O(sum(tries)).
public struct RandomUniqueZipfian: NonDifferentiableOp, Codable {
  public static let name = "randomUniqueZipfian"

  public static var inputCounts: ClosedRange<Int> { 3...3 }

  public static var acceptsNumbers: Bool { true }

  public static var isRandom: Bool { true }

  /// Numbers are below this.
  public let range: Int
  /// The shape of the result without its last axis.
  public let rows: Shape
  /// How many different numbers a row has.
  public let count: Int

  public init(range: Int, rows: Shape, count: Int) {
    (self.range, self.rows, self.count) = (range, rows, count)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireKey(inputs, from: 0)
    try require(rows.rank < Shape.maximumRank, "too many axes", inputs)
    guard count >= 0, count <= range else {
      throw ShapeError("there are no \(count) different numbers below \(range): \(inputs)")
    }
    return TensorTypes(
      TensorType(rows.appending(count), .int64), TensorType(rows, .int64))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let key = (0..<3).map(lowering.input)
    lowering.emit(
      UniqueZipfian(range: range, storedWords: key.storedWords),
      [lowering.output(0), lowering.output(1)], key)
  }
}

extension ArrayExpression {
  /// Different whole numbers below `range`, and how many draws they took, for a key of three
  /// zero-dimensional 64-bit integers; see ``RandomUniqueZipfian``.
  public static func randomUniqueZipfian(
    range: Int, rows: Shape, count: Int, key: [Self], file: StaticString = #fileID,
    line: UInt = #line
  ) -> (numbers: Self, tries: Self) {
    let results = apply(
      RandomUniqueZipfian(range: range, rows: rows, count: count), inputs: key,
      at: CallSite(file, line))
    return (results[0], results[1])
  }
}
