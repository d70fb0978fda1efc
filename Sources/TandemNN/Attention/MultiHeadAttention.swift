/// Attention of several heads: each projects queries, keys and values to its own features, takes
/// `softmax(q kᵀ / sqrt(features)) v`, and all results are projected together.
///
/// - Input: `[batch, time, features]`. Output: the same shape.
/// - Parameters: fused `projection.weight`, `[3 · features, features]`, whose three parts make
///   queries, keys and values; else `query`, `key` and `value`, each with `weight`,
///   `[features, features]`, or of keys and values `[key heads · features / heads, key features]`;
///   then `output.weight`, `[features, features]`; each with `bias` if there are biases.
/// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762.
public struct MultiHeadAttention: ReportingLayer {
  /// Queries, keys and values in one product; `nil` if they are not fused.
  public let projection: Dense?
  public let query: Dense?
  public let key: Dense?
  public let value: Dense?
  /// Projects the results of all heads together.
  public let output: Dense
  /// How many heads there are.
  public let heads: Int
  /// How many heads keys and values have; neighbouring heads share them.
  public let keyHeads: Int
  /// What sees what, and the dropout of the weights.
  public let options: AttentionOptions
  /// Turns queries and keys by their places.
  public let rotary: RotaryEmbedding?
  /// Subtracted from the products for distance.
  public let penalty: ALiBi?

  /// Whether a position sees only itself and those before it.
  public var isCausal: Bool { options.isCausal }

  /// - Parameters:
  ///   - features: of input and output; a multiple of `heads`.
  ///   - heads: how many heads there are.
  ///   - isCausal: whether a position sees only itself and those before it.
  ///   - isFused: whether queries, keys and values come from one matrix product, which is faster;
  ///     they then come from one array. Where keys differ in size, they do not.
  ///   - hasBias: whether the projections have biases.
  ///   - keyHeads: how many heads keys and values have, of which `heads` is a multiple (grouped
  ///     queries; multi-query if one); `heads` if `nil`.
  ///   - keyFeatures: of the arrays that keys are made of; `features` if `nil`.
  ///   - valueFeatures: of the arrays that values are made of; `features` if `nil`.
  ///   - window: how far a position sees; everything if `nil`.
  ///   - dropout: the probability with which a weight is dropped in training.
  ///   - rotary: turns queries and keys by their places.
  ///   - penalizesDistance: whether products are lowered by ``ALiBi``.
  ///   - initializer: of the weights.
  public init(
    _ features: Int, heads: Int, isCausal: Bool = false, isFused: Bool = true,
    hasBias: Bool = true, keyHeads: Int? = nil, keyFeatures: Int? = nil, valueFeatures: Int? = nil,
    window: Int? = nil, dropout: Double = 0, rotary: RotaryEmbedding? = nil,
    penalizesDistance: Bool = false, initializer: Initializer = .glorotUniform,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let (site, keyHeads) = (CallSite(file, line), keyHeads ?? heads)
    requirePositive(
      [
        "features": features, "heads": heads, "keyHeads": keyHeads, "window": window ?? 1,
        "keyFeatures": keyFeatures ?? 1, "valueFeatures": valueFeatures ?? 1,
      ], of: "MultiHeadAttention", at: site)
    if !features.isMultiple(of: heads) {
      fail(
        "MultiHeadAttention: features must be a multiple of heads: \(features), \(heads)", at: site)
    }
    if !heads.isMultiple(of: keyHeads) {
      fail(
        "MultiHeadAttention: heads must be a multiple of keyHeads: \(heads), \(keyHeads)", at: site)
    }
    if !(0..<1).contains(dropout) {
      fail("MultiHeadAttention: dropout must be in 0..<1, got \(dropout)", at: site)
    }
    func dense(_ outputs: Int, _ inputs: Int? = nil) -> Dense {
      Dense(outputs, inputs: inputs ?? features, hasBias: hasBias, initializer: initializer)
    }
    let width = features / heads * keyHeads
    let isUniform = keyHeads == heads && keyFeatures == nil && valueFeatures == nil
    projection = isFused && isUniform ? dense(3 * features) : nil
    (query, key, value) =
      projection == nil
      ? (dense(features), dense(width, keyFeatures), dense(width, valueFeatures)) : (nil, nil, nil)
    output = dense(features)
    options = AttentionOptions(isCausal: isCausal, window: window, dropout: dropout)
    penalty = penalizesDistance ? ALiBi(heads: heads) : nil
    (self.heads, self.keyHeads, self.rotary) = (heads, keyHeads, rotary)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    guard let projection, options.isPlain, rotary == nil, penalty == nil else {
      return attendToItself(x, options)
    }
    if x.rank != 3 { fail("attention: needs [batch, time, features]: \(x.type)", at: .unknown) }
    let (batch, time, features) = (x.shape[0], x.shape[1], x.shape[2])
    let packed = projection(x).reshaped([batch, time, 3, heads, features / heads])
    let result = scaledDotProductAttention(packed: packed, isCausal: isCausal)
    return output(result.reshaped([batch, time, features]))
  }

  /// Attention of a sequence to itself, part of which is hidden.
  ///
  /// - Parameters:
  ///   - mask: broadcast to `[batch, heads, time, time]`; see ``AttentionOptions/mask``.
  ///   - lengths: of the sequences, `[batch]`; what lies behind an end is not looked at.
  public func callAsFunction(
    _ x: NDArray, mask: NDArray?, lengths: NDArray? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    if mask == nil, lengths == nil { return self(x, file: file, line: line) }
    return LayerPlace.enter(self, at: CallSite(file, line)) {
      attendToItself(x, options(mask, lengths))
    }
  }

  /// Attention to another sequence; the projections must not be fused.
  ///
  /// - Parameters:
  ///   - x: asks, `[batch, queries, features]`.
  ///   - keys: are compared with, `[batch, keys, key features]`.
  ///   - values: are handed on, `[batch, keys, value features]`.
  ///   - mask: broadcast to `[batch, heads, queries, keys]`; see ``AttentionOptions/mask``.
  ///   - lengths: how many keys of each sequence count, `[batch]`.
  public func callAsFunction(
    _ x: NDArray, keys: NDArray, values: NDArray, mask: NDArray? = nil, lengths: NDArray? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      guard let query, let key, let value else {
        fail("attention: fused projections take one sequence; pass isFused: false", at: .unknown)
      }
      check([x, keys, values])
      return attend(
        split(query(x)), split(key(keys)), split(value(values)), options(mask, lengths))
    }
  }

  /// Attention of further steps to themselves and to those that the cache has seen, which takes
  /// them in. Each step sees those up to its own place.
  ///
  /// - Parameter x: `[batch, time, features]`, the steps that follow those of the cache.
  public func callAsFunction(
    _ x: NDArray, cache: inout KeyValueCache, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var taken = cache
    defer { cache = taken }
    return LayerPlace.enter(self, at: CallSite(file, line)) {
      var (q, k, v) = projected(x)
      let offset = taken.count
      if let rotary {
        (q, k) = (rotary(q, offset: offset), rotary(k, offset: offset))
      }
      (k, v) = taken.append(keys: k, values: v)
      var options = options
      options.isCausal = x.shape[1] > 1
      // A single step sees all that is kept, but for what is being dropped.
      let reach = [options.window, taken.capacity].compactMap { $0 }.min()
      options.window = reach.flatMap { $0 < k.shape[2] ? $0 : nil }
      return combined(q, k, v, options)
    }
  }

  private func options(_ mask: NDArray?, _ lengths: NDArray?) -> AttentionOptions {
    var options = options
    (options.mask, options.lengths) = (mask, lengths)
    return options
  }

  private func attendToItself(_ x: NDArray, _ options: AttentionOptions) -> NDArray {
    let (q, k, v) = projected(x)
    return attend(q, k, v, options)
  }

  /// Queries, keys and values of one sequence.
  private func projected(_ x: NDArray) -> (NDArray, NDArray, NDArray) {
    check([x])
    if let projection {
      let parts = projection(x).split(into: 3, axis: -1)
      return (split(parts[0]), split(parts[1]), split(parts[2]))
    }
    guard let query, let key, let value else { return (x, x, x) }
    return (split(query(x)), split(key(x)), split(value(x)))
  }

  private func check(_ arrays: [NDArray]) {
    for array in arrays where array.rank != 3 {
      fail("attention: needs [batch, time, features]: \(array.type)", at: .unknown)
    }
  }

  private func attend(
    _ q: NDArray, _ k: NDArray, _ v: NDArray, _ options: AttentionOptions
  ) -> NDArray {
    guard let rotary else { return combined(q, k, v, options) }
    return combined(rotary(q), rotary(k), v, options)
  }

  /// Attention of heads, projected: `[batch, time, features]`.
  private func combined(
    _ q: NDArray, _ k: NDArray, _ v: NDArray, _ options: AttentionOptions
  ) -> NDArray {
    var options = options
    if let penalty {
      let slope = withDevice(q.device) {
        penalty(queries: q.shape[2], keys: k.shape[2], dtype: q.dtype)
      }
      options.mask =
        options.mask.map {
          $0.dtype == .bool ? .where($0, slope, -Double.infinity) : $0 + slope
        } ?? slope
    }
    let result = scaledDotProductAttention(q, k, v, options: options)
    let features = heads * q.shape[3]
    return output(result.transposed([0, 2, 1, 3]).reshaped([q.shape[0], q.shape[2], features]))
  }

  /// `[batch, time, features]` as `[batch, heads, time, features / heads]`.
  private func split(_ x: NDArray) -> NDArray {
    let width = (output.weight.declaredShape[0] ?? x.shape[2]) / heads
    return x.reshaped([x.shape[0], x.shape[1], x.shape[2] / width, width])
      .transposed([0, 2, 1, 3])
  }
}
