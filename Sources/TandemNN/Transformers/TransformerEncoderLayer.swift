/// One block of an encoder: attention of a sequence to itself and a dense network, each added to
/// what goes in, with a norm behind each sum or in front of each part.
///
/// - Input: `[batch, time, features]`. Output: the same.
/// - Parameters: `attention`, `attentionNorm`, `feedForward`, `feedForwardNorm`.
/// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762; norms in front:
///   Xiong et al., *On Layer Normalization in the Transformer Architecture*, arXiv:2002.04745.
public struct TransformerEncoderLayer: ReportingLayer {
  public let attention: MultiHeadAttention
  public let attentionNorm: TransformerNorm
  public let feedForward: FeedForward
  public let feedForwardNorm: TransformerNorm
  /// Of what is added, in training.
  public let dropout: Dropout
  /// Whether norms stand in front of what is added, instead of behind the sum.
  public let isNormFirst: Bool

  /// - Parameters:
  ///   - options: how the block is built.
  ///   - isCausal: whether a position sees only itself and those before it.
  public init(
    _ options: TransformerOptions, isCausal: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    options.check("TransformerEncoderLayer", at: CallSite(file, line))
    attention = options.makeSelfAttention(isCausal: isCausal)
    attentionNorm = options.makeNorm()
    feedForward = options.makeFeedForward()
    feedForwardNorm = options.makeNorm()
    dropout = Dropout(options.dropout, file: file, line: line)
    isNormFirst = options.isNormFirst
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { block(x) { attention($0) } }

  /// The same of a sequence part of which is hidden.
  ///
  /// - Parameters:
  ///   - mask: broadcast to `[batch, heads, time, time]`; see ``AttentionOptions/mask``.
  ///   - lengths: of the sequences, `[batch]`.
  public func callAsFunction(
    _ x: NDArray, mask: NDArray?, lengths: NDArray? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      block(x) { attention($0, mask: mask, lengths: lengths) }
    }
  }

  /// Further steps, each of which sees those up to its own place; the cache takes them in.
  public func callAsFunction(
    _ x: NDArray, cache: inout KeyValueCache, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      block(x) { attention($0, cache: &cache) }
    }
  }

  private func block(_ x: NDArray, _ attend: (NDArray) -> NDArray) -> NDArray {
    if isNormFirst {
      let y = x + dropout(attend(attentionNorm(x)))
      return y + dropout(feedForward(feedForwardNorm(y)))
    }
    let y = attentionNorm(x + dropout(attend(x)))
    return feedForwardNorm(y + dropout(feedForward(y)))
  }
}
