/// Scaled dot-product attention: `softmax(q kᵀ / sqrt(features)) v`.
///
/// | value | shape |
/// | --- | --- |
/// | `q` | `[batch, heads, queries, features]`, floating |
/// | `k`, `v` | `[batch, heads, keys, features]` |
/// | result | that of `q` |
/// | log-sums of the exponentials | `[batch, heads, queries]`, at least float32; for the gradient |
///
/// With one input, queries, keys and values lie in one array, `[batch, time, 3, heads, features]`,
/// as one matrix product makes them; then the result is `[batch, time, heads, features]`.
///
/// Causal: a query sees the keys up to its own place; of fewer queries than keys the last query
/// sees the last key.
///
/// - Complexity: O(batch · heads · queries · keys · features), in memory of blocks.
/// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762; Dao, Fu, Ermon,
///   Rudra and Ré, *FlashAttention*, arXiv:2205.14135.
public struct ScaledDotProductAttention: Op, Codable {
  public static let name = "scaledDotProductAttention"

  public static var inputCounts: ClosedRange<Int> { 1...3 }

  /// Whether a query sees only the keys up to its own place.
  public let isCausal: Bool

  public init(isCausal: Bool) { self.isCausal = isCausal }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    let (first, wide) = (inputs[0], inputs[0].dtype.accumulating)
    try require(inputs.count == 1 || inputs.count == 3, "needs q, k and v, or one array", inputs)
    try require(first.dtype.isFloatingPoint, "needs floats", inputs)
    if inputs.count == 1 {
      try require(
        first.rank == 5 && first.shape[2] == 3, "needs [batch, time, 3, heads, features]", inputs)
      let (shape, features) = (first.shape, first.shape[4])
      try require(features > 0, "there are no features", inputs)
      return TensorTypes(
        TensorType([shape[0], shape[1], shape[3], features], first.dtype),
        TensorType([shape[0], shape[3], shape[1]], wide))
    }
    try require(
      inputs.allSatisfy { $0.rank == 4 }, "needs [batch, heads, time, features]", inputs)
    try require(inputs.allSatisfy { $0.dtype == first.dtype }, "dtypes differ", inputs)
    try require(inputs[1].shape == inputs[2].shape, "keys and values differ in shape", inputs)
    let (q, k) = (first.shape, inputs[1].shape)
    try require(q[0] == k[0] && q[1] == k[1], "batch or heads differ", inputs)
    try require(q[3] == k[3] && q[3] > 0, "features differ, or there are none", inputs)
    try require(k[2] > 0 && (!isCausal || q[2] <= k[2]), "fewer keys than queries", inputs)
    return TensorTypes(first, TensorType(q.dropLast(), wide))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let wide = inputs[0].dtype.accumulating
    let parts = lowering.attentionParts(inputs.indices.map { $0 }, inputs)
    let result = lowering.room(for: 0, as: wide, lowering.output(0).shape)
    lowering.emit(
      Attention(scale: scale(of: inputs), isCausal: isCausal),
      [inputs.count == 1 ? result.swapped(1, 2) : result, lowering.output(1)], parts)
    lowering.store(result, to: 0)
  }

  /// What the products are multiplied with.
  func scale(of inputs: TensorTypes) -> Double { 1 / Double(inputs[0].shape[-1]).squareRoot() }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return inputs.map { _ in nil } }
    return Symbol.apply(
      ScaledDotProductAttentionGradient(isCausal: isCausal),
      inputs: [dy] + outputs + inputs, at: .unknown)
  }

  /// The same by elementary operators, without the log-sums.
  func composed(_ inputs: Symbols) -> Symbol {
    var parts = inputs
    if inputs.count == 1 {
      let turned = inputs[0].transposed([2, 0, 3, 1, 4])  // [3, batch, heads, time, features]
      parts = (0..<3).map { part in
        let counts = [1] + turned.shape.array.dropFirst()
        let slice = Slice(
          starts: [part, 0, 0, 0, 0], steps: [1, 1, 1, 1, 1], counts: counts)
        return Symbol.apply(slice, turned, at: .unknown).squeezed(axis: 0)
      }
    }
    let scale = 1 / Double(parts[0].shape[-1]).squareRoot()
    var products = parts[0].matmul(parts[1].matrixTransposed()) * scale
    if isCausal {
      let (queries, keys) = (products.shape[-2], products.shape[-1])
      let one = products.constant(ScalarValue(1, products.dtype)).broadcast(to: products.shape)
      let hidden = one.triangularUpper(offset: keys - queries + 1)
      products = products - hidden * 1e9
    }
    let result = products.softmax(axis: -1).matmul(parts[2])
    return inputs.count == 1 ? result.transposed([0, 2, 1, 3]) : result
  }
}

/// The gradients of ``ScaledDotProductAttention``.
///
/// Inputs: the cotangent of the result, the result, the log-sums, and the inputs. Outputs: one
/// gradient for each input.
public struct ScaledDotProductAttentionGradient: Op, Codable {
  public static let name = "scaledDotProductAttentionGradient"

  public static var inputCounts: ClosedRange<Int> { 4...6 }

  /// As in ``ScaledDotProductAttention``.
  public let isCausal: Bool

  public init(isCausal: Bool) { self.isCausal = isCausal }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs.count == 4 || inputs.count == 6, "needs what the result was made of", inputs)
    try require(inputs[0] == inputs[1], "types differ", inputs)
    let sources = TensorTypes(inputs.dropFirst(3))
    let results = try ScaledDotProductAttention(isCausal: isCausal).outputTypes(for: sources)
    try require(
      inputs[0] == results[0] && inputs[2] == results[1],
      "needs a result and log-sums as \(results)", inputs)
    return sources
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let sources = TensorTypes(Array(inputs.dropFirst(3)))
    let (packed, wide) = (sources.count == 1, sources[0].dtype.accumulating)
    let parts = lowering.attentionParts(sources.indices.map { $0 + 3 }, sources)
    let results = sources.indices.map { lowering.room(for: $0, as: wide, sources[$0].shape) }
    let gradients = packed ? results[0].attentionParts : results
    let wholes = [0, 1].map { index in
      let whole = lowering.dense(lowering.input(index), as: wide, inputs[index].shape)
      return packed ? whole.swapped(1, 2) : whole
    }
    let logSums = lowering.dense(lowering.input(2), as: wide, inputs[2].shape)
    let scale = ScaledDotProductAttention(isCausal: isCausal).scale(of: sources)
    lowering.emit(
      AttentionGradient(scale: scale, isCausal: isCausal), gradients,
      wholes + [logSums] + parts)
    for (index, result) in results.enumerated() { lowering.store(result, to: index) }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    // Result and log-sums are functions of the sources: the formula starts from those alone.
    let (dy, sources) = (inputs[0], Array(inputs.dropFirst(3)))
    let forward = ScaledDotProductAttention(isCausal: isCausal).composed(sources)
    let first = Symbol.pullback(of: [forward], [dy], to: sources).map { $0 ?? dy.zeros([]) }
    let second = Symbol.pullback(of: first, cotangents, to: [dy] + sources)
    return [second[0], nil, nil] + second.dropFirst()
  }
}

extension Lowering {
  /// Queries, keys and values as `[batch, heads, time, features]`, with features one after another.
  fileprivate mutating func attentionParts(_ indices: [Int], _ types: TensorTypes) -> [Slot] {
    let wide = types[0].dtype.accumulating
    let slots = indices.map { index in
      let slot = converted(input(index), to: wide)
      return slot.layout.stride(slot.layout.rank - 1) == 1 ? slot : rowMajorCopy(slot)
    }
    return slots.count == 1 ? slots[0].attentionParts : slots
  }
}

extension Lowering.Slot {
  /// The three parts of `[batch, time, 3, heads, features]`, each `[batch, heads, time, features]`.
  fileprivate var attentionParts: [Lowering.Slot] {
    (0..<3).map { with(layout.selecting($0, axis: 2).permuted([0, 2, 1, 3])) }
  }
}

/// Scaled dot-product attention of queries, keys and values, `[batch, heads, time, features]`; see
/// ``ScaledDotProductAttention``.
public func scaledDotProductAttention<A: ArrayExpression>(
  _ q: A, _ k: A, _ v: A, isCausal: Bool = false, file: StaticString = #fileID,
  line: UInt = #line
) -> A {
  A.apply(
    ScaledDotProductAttention(isCausal: isCausal), inputs: [q, k, v], at: CallSite(file, line))[0]
}

/// The same of one array `[batch, time, 3, heads, features]`; the result is
/// `[batch, time, heads, features]`.
public func scaledDotProductAttention<A: ArrayExpression>(
  packed qkv: A, isCausal: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> A {
  A.apply(
    ScaledDotProductAttention(isCausal: isCausal), inputs: [qkv], at: CallSite(file, line))[0]
}
