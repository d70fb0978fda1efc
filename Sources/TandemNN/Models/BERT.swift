/// An encoder of texts: vectors of tokens, places and kinds, then blocks of a transformer with
/// norms behind sums.
///
/// The defaults are those of BERT-base: 109,482,240 parameters, as Hugging Face's `BertModel` has.
///
/// - Input: tokens, `[batch, time]`, with at most `context` steps. Output:
///   `[batch, time, features]`.
/// - Parameters: `tokens`, `positions`, `kinds`, `norm`, `encoder` and `pooler`.
/// - Reference: Devlin, Chang, Lee and Toutanova, *BERT: Pre-training of Deep Bidirectional
///   Transformers for Language Understanding*, arXiv:1810.04805.
public struct BERT: ReportingLayer {
  /// The vectors of the tokens.
  public let tokens: Embedding
  /// Adds the vectors of the places.
  public let positions: LearnedPositions
  /// The vectors of the kinds: which of two texts a token belongs to.
  public let kinds: Embedding
  /// Of the sum of the three.
  public let norm: LayerNorm
  public let dropout: Dropout
  public let encoder: TransformerEncoder
  /// From the first token's result to a vector of the text.
  public let pooler: Dense

  /// - Parameters:
  ///   - vocabulary: how many tokens there are.
  ///   - context: the longest sequence.
  ///   - features: the length of a vector; a multiple of `heads`.
  ///   - heads: of each block's attention.
  ///   - blockCount: how many blocks there are.
  ///   - kindCount: how many kinds of tokens there are.
  ///   - dropout: the probability with which vectors, weights of attention and what is added are
  ///     dropped in training.
  public init(
    vocabulary: Int = 30_522, context: Int = 512, features: Int = 768, heads: Int = 12,
    blockCount: Int = 12, kindCount: Int = 2, dropout: Double = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    requirePositive(
      ["vocabulary": vocabulary, "context": context, "kindCount": kindCount], of: "BERT",
      at: CallSite(file, line))
    var options = TransformerOptions(features: features, heads: heads)
    options.initializer = .normal(standardDeviation: 0.02)
    (options.activation, options.epsilon, options.dropout) = (.gelu, 1e-12, dropout)
    options.check("BERT", at: CallSite(file, line))
    tokens = Embedding(vocabulary, features: features, initializer: options.initializer)
    positions = LearnedPositions(context, features: features)
    kinds = Embedding(kindCount, features: features, initializer: options.initializer)
    norm = LayerNorm(features: features, epsilon: options.epsilon)
    self.dropout = Dropout(dropout)
    encoder = TransformerEncoder(options, layerCount: blockCount, file: file, line: line)
    pooler = Dense(features, inputs: features, initializer: options.initializer)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { encoded(x, nil, nil) }

  /// What the blocks give, and a vector of each text, `tanh` of a dense layer of the first token.
  ///
  /// - Parameters:
  ///   - x: tokens, `[batch, time]`.
  ///   - kinds: of the tokens, `[batch, time]`; the first if `nil`.
  ///   - lengths: of the texts, `[batch]`; what lies behind an end is not looked at.
  public func callAsFunction(
    _ x: NDArray, kinds: NDArray?, lengths: NDArray? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (sequence: NDArray, pooled: NDArray) {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      let sequence = encoded(x, kinds, lengths)
      let first = sequence.sliced(axis: 1, to: 1).squeezed(axis: 1)
      return (sequence, pooler(first).tanh())
    }
  }

  private func encoded(_ x: NDArray, _ kinds: NDArray?, _ lengths: NDArray?) -> NDArray {
    guard x.rank == 2, x.shape[1] > 0 else {
      fail("bert: needs [batch, time] with one step or more: \(x.type)", at: .unknown)
    }
    let kind = kinds.map { self.kinds($0) } ?? self.kinds.weight.value[0]
    let value = norm(positions(tokens(x)) + kind)
    return encoder(dropout(value), mask: nil, lengths: lengths)
  }
}
