/// What attention sees and how it weighs it.
///
/// A query at place `i` of `queries` stands beside the key at place `i + keys − queries`: the last
/// query beside the last key. What is hidden by any of the rules is hidden; a query that sees
/// nothing gets zeros.
public struct AttentionOptions: Sendable {
  /// Whether a query sees only the keys up to its own place.
  public var isCausal: Bool
  /// How far a query sees: keys less than this many places away; everything if `nil`.
  public var window: Int?
  /// Broadcast to `[batch, heads, queries, keys]`: of bool, true where a key is seen; of floats,
  /// added to the scaled products, where minus infinity hides.
  public var mask: NDArray?
  /// How many keys of each sequence count, `[batch]`, integers; all if `nil`.
  public var lengths: NDArray?
  /// What products are multiplied with; `1 / sqrt(features)` if `nil`.
  public var scale: Double?
  /// The probability with which a weight is dropped in training.
  public var dropout: Double

  /// The options; without arguments every query sees every key.
  public init(
    isCausal: Bool = false, window: Int? = nil, mask: NDArray? = nil, lengths: NDArray? = nil,
    scale: Double? = nil, dropout: Double = 0
  ) {
    (self.isCausal, self.window, self.mask) = (isCausal, window, mask)
    (self.lengths, self.scale, self.dropout) = (lengths, scale, dropout)
  }

  /// Whether the operator without masks computes this.
  var isPlain: Bool {
    window == nil && mask == nil && lengths == nil && scale == nil && !drops
  }

  var drops: Bool { isTraining && dropout > 0 }

  /// Which keys the rules but for float masks let queries see, bool, broadcasting to
  /// `[batch, heads, queries, keys]`; `nil` if all.
  func visible(queries: Int, keys: Int, on device: Device) -> NDArray? {
    var rules: [NDArray] = []
    let columns = withDevice(device) { NDArray.arange(keys) }  // [keys]
    if isCausal || window != nil {
      let rows = withDevice(device) { NDArray.arange(keys - queries, keys) }
      let distance = rows.reshaped([queries, 1]) - columns  // [queries, keys]
      if isCausal { rules.append(distance .>= 0) }
      if let window {
        rules.append(distance .< window)
        if !isCausal { rules.append(distance .> -window) }
      }
    }
    if let lengths {
      rules.append(columns .< lengths.cast(to: .int64).reshaped([lengths.count, 1, 1, 1]))
    }
    if let mask, mask.dtype == .bool { rules.append(mask) }
    guard let first = rules.first else { return nil }
    return rules.dropFirst().reduce(first) { $0 .& $1 }
  }
}

/// Scaled dot-product attention with masks, grouped keys and dropout:
/// `softmax(q kᵀ · scale + mask) v`.
///
/// | value | shape |
/// | --- | --- |
/// | `q` | `[batch, heads, queries, features]`, floating |
/// | `k` | `[batch, key heads, keys, features]`; `heads` is a multiple of `key heads` |
/// | `v` | `[batch, key heads, keys, value features]` |
/// | result | `[batch, heads, queries, value features]` |
///
/// Without masks and dropout the operator ``ScaledDotProductAttention`` does it in blocks; else the
/// products of all queries and keys are in memory. With fewer key heads than heads, neighbouring
/// heads share keys and values: Ainslie et al., *GQA*, arXiv:2305.13245; with one, Shazeer, *Fast
/// Transformer Decoding*, arXiv:1911.02150.
public func scaledDotProductAttention(
  _ q: NDArray, _ k: NDArray, _ v: NDArray, options: AttentionOptions,
  file: StaticString = #fileID, line: UInt = #line
) -> NDArray {
  let site = CallSite(file, line)
  checkAttention(q, k, v, options, at: site)
  let groups = q.shape[1] / k.shape[1]
  if options.isPlain, q.shape[3] == v.shape[3], groups == 1 || q.shape[2] > 1 {
    let (keys, values) =
      groups == 1 ? (k, v) : (k.repeated(groups, axis: 1), v.repeated(groups, axis: 1))
    return scaledDotProductAttention(
      q, keys, values, isCausal: options.isCausal, file: file, line: line)
  }
  return maskedAttention(q, k, v, options)
}

/// By elementary operators.
private func maskedAttention(
  _ q: NDArray, _ k: NDArray, _ v: NDArray, _ options: AttentionOptions
) -> NDArray {
  let (batch, heads, queries, features) = (q.shape[0], q.shape[1], q.shape[2], q.shape[3])
  let (keyHeads, keys) = (k.shape[1], k.shape[2])
  let rows = heads / keyHeads * queries
  let scale = options.scale ?? 1 / Double(features).squareRoot()
  // Heads that share keys are rows of one product.
  var scores = (q * scale).reshaped([batch, keyHeads, rows, features])
    .matmul(k.matrixTransposed()).reshaped([batch, heads, queries, keys])
  var visible = options.visible(queries: queries, keys: keys, on: q.device)
  if let mask = options.mask, mask.dtype != .bool {
    scores = scores + mask.cast(to: scores.dtype)
    let finite = mask .> -Double.infinity
    visible = visible.map { $0 .& finite } ?? finite
  }
  let lowest = q.dtype == .float16 ? -60_000.0 : -1e9
  if let visible { scores = .where(visible, scores, lowest) }
  var weights = scores.softmax(axis: -1)
  // A query that sees nothing would see everything alike.
  if let visible { weights = .where(visible, weights, 0) }
  if options.drops { weights = weights.dropout(probability: options.dropout) }
  return weights.reshaped([batch, keyHeads, rows, keys]).matmul(v)
    .reshaped([batch, heads, queries, v.shape[3]])
}

private func checkAttention(
  _ q: NDArray, _ k: NDArray, _ v: NDArray, _ options: AttentionOptions, at site: CallSite
) {
  let types = TensorTypes([q.type, k.type, v.type])
  func require(_ condition: Bool, _ words: String) {
    if !condition { fail("scaledDotProductAttention: \(words): \(types)", at: site) }
  }
  require(q.rank == 4 && k.rank == 4 && v.rank == 4, "needs [batch, heads, time, features]")
  require(q.shape[0] == k.shape[0] && q.shape[0] == v.shape[0], "batches differ")
  require(k.shape[1] == v.shape[1] && k.shape[2] == v.shape[2], "keys and values differ in shape")
  require(q.shape[3] == k.shape[3] && q.shape[3] > 0, "features differ, or there are none")
  require(
    k.shape[1] > 0 && q.shape[1].isMultiple(of: k.shape[1]),
    "heads must be a multiple of the keys' heads")
  require(
    k.shape[2] > 0 && (!options.isCausal || q.shape[2] <= k.shape[2]), "fewer keys than queries")
  if let window = options.window, window <= 0 {
    fail("scaledDotProductAttention: window must be positive, got \(window)", at: site)
  }
  if let lengths = options.lengths, lengths.shape != [q.shape[0]] || !lengths.dtype.isInteger {
    fail(
      "scaledDotProductAttention: needs a whole number of keys for each of \(q.shape[0]) "
        + "sequences: \(lengths.type)", at: site)
  }
}
