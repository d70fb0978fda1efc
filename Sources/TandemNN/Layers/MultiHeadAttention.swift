/// Attention of several heads: each projects queries, keys and values to its own features, takes
/// `softmax(q kᵀ / sqrt(features)) v`, and all results are projected together.
///
/// - Input: `[batch, time, features]`. Output: the same shape.
/// - Parameters: fused `projection.weight`, `[3 · features, features]`, whose three parts make
///   queries, keys and values; else `query`, `key` and `value`, each with `weight`,
///   `[features, features]`; then `output.weight`, `[features, features]`; each with `bias`,
///   `[features]` or `[3 · features]`, if there are biases.
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
  /// Whether a position sees only itself and those before it.
  public let isCausal: Bool

  /// - Parameters:
  ///   - features: of input and output; a multiple of `heads`.
  ///   - heads: how many heads there are.
  ///   - isCausal: whether a position sees only itself and those before it.
  ///   - isFused: whether queries, keys and values come from one matrix product, which is faster;
  ///     they then come from one array.
  ///   - hasBias: whether the projections have biases.
  ///   - initializer: of the weights.
  public init(
    _ features: Int, heads: Int, isCausal: Bool = false, isFused: Bool = true,
    hasBias: Bool = true, initializer: Initializer = .glorotUniform, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["features": features, "heads": heads], of: "MultiHeadAttention", at: site)
    if !features.isMultiple(of: heads) {
      fail(
        "MultiHeadAttention: features must be a multiple of heads: \(features), \(heads)", at: site)
    }
    func dense(_ outputs: Int) -> Dense {
      Dense(outputs, inputs: features, hasBias: hasBias, initializer: initializer)
    }
    projection = isFused ? dense(3 * features) : nil
    (query, key, value) =
      isFused ? (nil, nil, nil) : (dense(features), dense(features), dense(features))
    output = dense(features)
    (self.heads, self.isCausal) = (heads, isCausal)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    guard let projection else { return attend(x, keys: x, values: x) }
    if x.rank != 3 { fail("attention: needs [batch, time, features]: \(x.type)", at: .unknown) }
    let (batch, time, features) = (x.shape[0], x.shape[1], x.shape[2])
    let packed = projection(x).reshaped([batch, time, 3, heads, features / heads])
    let result = scaledDotProductAttention(packed: packed, isCausal: isCausal)
    return output(result.reshaped([batch, time, features]))
  }

  /// Attention to another sequence; the projections must not be fused.
  ///
  /// - Parameters:
  ///   - x: asks, `[batch, queries, features]`.
  ///   - keys: are compared with, `[batch, keys, features]`.
  ///   - values: are handed on, `[batch, keys, features]`.
  public func callAsFunction(
    _ x: NDArray, keys: NDArray, values: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) { attend(x, keys: keys, values: values) }
  }

  private func attend(_ x: NDArray, keys: NDArray, values: NDArray) -> NDArray {
    guard let query, let key, let value else {
      fail("attention: fused projections take one sequence; pass isFused: false", at: .unknown)
    }
    for array in [x, keys, values] where array.rank != 3 {
      fail("attention: needs [batch, time, features]: \(array.type)", at: .unknown)
    }
    let result = scaledDotProductAttention(
      split(query(x)), split(key(keys)), split(value(values)), isCausal: isCausal)
    return output(result.transposed([0, 2, 1, 3]).reshaped(x.shape))
  }

  /// `[batch, time, features]` as `[batch, heads, time, features / heads]`.
  private func split(_ x: NDArray) -> NDArray {
    x.reshaped([x.shape[0], x.shape[1], heads, x.shape[2] / heads]).transposed([0, 2, 1, 3])
  }
}
