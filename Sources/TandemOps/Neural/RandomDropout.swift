/// Elements set to zero at random, the others divided by the probability with which they stay.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | any, floating |
/// | seed, stream, tick | zero-dimensional 64-bit integers, given as scalar inputs |
/// | result | that of `x` |
///
/// Which elements stay follows from the key alone, so the gradient computes it anew instead of
/// keeping a mask.
///
/// - Complexity: O(count(x)).
/// - Reference: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout: A Simple Way
///   to Prevent Neural Networks from Overfitting*, JMLR 2014.
public struct RandomDropout: Op, Codable {
  public static let name = "dropout"

  public static var inputCounts: ClosedRange<Int> { 4...4 }

  public static var acceptsNumbers: Bool { true }

  /// The probability with which an element becomes zero, below one.
  public let probability: Double

  public init(probability: Double) { self.probability = probability }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 4, "needs x, seed, stream and tick", inputs)
    try require(inputs[0].dtype.isFloatingPoint, "needs floats", inputs)
    guard (0..<1).contains(probability) else {
      throw ShapeError("the probability \(probability) is not in 0..<1: \(inputs)")
    }
    try requireKey(inputs, from: 1)
    return TensorTypes(inputs[0])
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let wide = inputs[0].dtype.accumulating
    let stays = lowering.temporary(TensorType(inputs[0].shape, .bool))
    let key = (1...3).map(lowering.input)
    let storedWords = key.indices.filter { key[$0].scalar == nil }
    lowering.emit(
      RandomFill(.bernoulli(probability: 1 - probability), storedWords: storedWords), [stays], key)
    lowering.map([lowering.output(0)], [lowering.input(0), stays]) {
      let x = $0[0].cast(to: wide)
      return [$0[1].truth.select(x * x.constant(1 / (1 - probability)), x.constant(0))]
    }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil, nil, nil, nil] }
    return [Symbol.apply(self, inputs: [dy] + inputs.dropFirst(), at: .unknown)[0], nil, nil, nil]
  }
}

extension ArrayExpression {
  /// Elements set to zero at random, for a key of three zero-dimensional 64-bit integers; see
  /// ``RandomDropout``.
  public func dropout(
    probability: Double, seed: Self, stream: Self, tick: Self, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Self {
    Self.apply(
      RandomDropout(probability: probability), inputs: [self, seed, stream, tick],
      at: CallSite(file, line))[0]
  }
}
