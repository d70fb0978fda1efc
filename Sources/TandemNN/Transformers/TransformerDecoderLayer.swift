/// One block of a decoder: causal attention of a sequence to itself, attention to what an encoder
/// gave, and a dense network, each added to what goes in.
///
/// - Input: `[batch, time, features]` and the memory, `[batch, places, features]`. Output: that of
///   the first. As a layer of one array it attends to itself twice.
/// - Parameters: `attention`, `attentionNorm`, `crossAttention`, `crossNorm`, `feedForward`,
///   `feedForwardNorm`.
/// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762.
public struct TransformerDecoderLayer: ReportingLayer {
  public let attention: MultiHeadAttention
  public let attentionNorm: TransformerNorm
  public let crossAttention: MultiHeadAttention
  public let crossNorm: TransformerNorm
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
    _ options: TransformerOptions, isCausal: Bool = true, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    options.check("TransformerDecoderLayer", at: CallSite(file, line))
    attention = options.makeSelfAttention(isCausal: isCausal)
    attentionNorm = options.makeNorm()
    crossAttention = options.makeCrossAttention()
    crossNorm = options.makeNorm()
    feedForward = options.makeFeedForward()
    feedForwardNorm = options.makeNorm()
    dropout = Dropout(options.dropout, file: file, line: line)
    isNormFirst = options.isNormFirst
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    block(x, memory: x, nil) { attention($0) }
  }

  /// The block.
  ///
  /// - Parameters:
  ///   - x: `[batch, time, features]`.
  ///   - memory: what an encoder gave, `[batch, places, features]`.
  ///   - lengths: of the sequences, `[batch]`; all of the time axis if `nil`.
  ///   - memoryLengths: the same of the memory.
  public func callAsFunction(
    _ x: NDArray, memory: NDArray, lengths: NDArray? = nil, memoryLengths: NDArray? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      block(x, memory: memory, memoryLengths) { attention($0, mask: nil, lengths: lengths) }
    }
  }

  /// Further steps, each of which sees those up to its own place; the cache takes them in.
  public func callAsFunction(
    _ x: NDArray, memory: NDArray, memoryLengths: NDArray? = nil, cache: inout KeyValueCache,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      block(x, memory: memory, memoryLengths) { attention($0, cache: &cache) }
    }
  }

  private func block(
    _ x: NDArray, memory: NDArray, _ lengths: NDArray?, _ attend: (NDArray) -> NDArray
  ) -> NDArray {
    func ask(_ x: NDArray) -> NDArray {
      crossAttention(x, keys: memory, values: memory, lengths: lengths)
    }
    if isNormFirst {
      let y = x + dropout(attend(attentionNorm(x)))
      let z = y + dropout(ask(crossNorm(y)))
      return z + dropout(feedForward(feedForwardNorm(z)))
    }
    let y = attentionNorm(x + dropout(attend(x)))
    let z = crossNorm(y + dropout(ask(y)))
    return feedForwardNorm(z + dropout(feedForward(z)))
  }
}
