/// A decoder-only transformer for sequences of tokens, its output tied to the embedding of the
/// tokens.
///
/// With a vocabulary of 65, a context of 256, 384 features, 6 heads and 6 blocks, and without
/// biases: 10,750,080 parameters. ``gpt2()`` has 124,439,808.
///
/// - Input: tokens, `[batch, time]`, with at most `context` steps. Output:
///   `[batch, time, vocabulary]`, scores of the next token.
/// - Parameters: `tokens.weight`, `[vocabulary, features]`; `positions`, `[context, features]`,
///   unless places are told by rotation; of each block `attentionNorm`, `attention`,
///   `expansionNorm`, `expand` and `contract`; `norm`.
/// - Reference: Radford, Wu, Child, Luan, Amodei and Sutskever, *Language Models are Unsupervised
///   Multitask Learners*, 2019.
public struct GPT: ReportingLayer {
  /// One block: attention and a dense network, each added to what goes in.
  public struct Block: ReportingLayer {
    public let attentionNorm: LayerNorm
    public let attention: MultiHeadAttention
    public let expansionNorm: LayerNorm
    public let expand: Dense
    public let contract: Dense
    /// Of what is added, in training.
    public let dropout: Dropout

    init(_ options: TransformerOptions) {
      let features = options.features
      func dense(_ outputs: Int, _ inputs: Int) -> Dense {
        Dense(
          outputs, inputs: inputs, hasBias: options.hasBias, initializer: options.initializer)
      }
      attentionNorm = LayerNorm(features: features)
      attention = options.makeSelfAttention(isCausal: true)
      expansionNorm = LayerNorm(features: features)
      expand = dense(4 * features, features)
      contract = dense(features, 4 * features)
      dropout = Dropout(options.dropout)
    }

    @_disfavoredOverload
    public func callAsFunction(_ x: NDArray) -> NDArray { added(x) { attention($0) } }

    /// Further steps; the cache takes them in.
    public func callAsFunction(
      _ x: NDArray, cache: inout KeyValueCache, file: StaticString = #fileID, line: UInt = #line
    ) -> NDArray {
      LayerPlace.enter(self, at: CallSite(file, line)) {
        added(x) { attention($0, cache: &cache) }
      }
    }

    private func added(_ x: NDArray, _ attend: (NDArray) -> NDArray) -> NDArray {
      let y = x + dropout(attend(attentionNorm(x)))  // [batch, time, features]
      return y + dropout(contract(expand(expansionNorm(y)).gelu(approximation: .tanh)))
    }
  }

  /// The vectors of the tokens, and what scores are taken with.
  public let tokens: Embedding
  /// The vectors of the places; `nil` where attention rotates.
  public let positions: Parameter?
  /// Of the sum of both, in training.
  public let dropout: Dropout
  /// The blocks, lowest first.
  public let blocks: [Block]
  public let norm: LayerNorm
  /// The longest sequence.
  public let context: Int

  /// - Parameters:
  ///   - vocabulary: how many tokens there are.
  ///   - context: the longest sequence.
  ///   - features: the length of a token's vector; a multiple of `heads`.
  ///   - heads: of each block's attention.
  ///   - blockCount: how many blocks there are.
  ///   - keyHeads: how many heads keys and values have; as many as queries if `nil`.
  ///   - rotary: tells places instead of vectors of their own.
  ///   - hasBias: whether the matrices of the blocks have biases.
  ///   - dropout: the probability with which vectors and what blocks add are dropped in training.
  public init(
    vocabulary: Int, context: Int, features: Int, heads: Int, blockCount: Int,
    keyHeads: Int? = nil, rotary: RotaryEmbedding? = nil, hasBias: Bool = false,
    dropout: Double = 0, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      [
        "vocabulary": vocabulary, "context": context, "features": features, "heads": heads,
        "blockCount": blockCount,
      ], of: "GPT", at: CallSite(file, line))
    var options = TransformerOptions(features: features, heads: heads)
    options.initializer = .normal(standardDeviation: 0.02)
    (options.keyHeads, options.rotary) = (keyHeads, rotary)
    (options.hasBias, options.dropout) = (hasBias, dropout)
    options.check("GPT", at: CallSite(file, line))
    tokens = Embedding(vocabulary, features: features, initializer: options.initializer)
    positions =
      rotary == nil
      ? Parameter(shape: [context, features], initializer: options.initializer) : nil
    self.dropout = Dropout(dropout)
    blocks = (0..<blockCount).map { _ in Block(options) }
    norm = LayerNorm(features: features)
    self.context = context
  }

  /// GPT-2 in its smallest size: 124,439,808 parameters.
  public static func gpt2(dropout: Double = 0) -> GPT {
    GPT(
      vocabulary: 50_257, context: 1024, features: 768, heads: 12, blockCount: 12, hasBias: true,
      dropout: dropout)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    var value = placed(x, from: 0)
    for (index, block) in blocks.enumerated() {
      value = LayerPlace.enter(block, index: index) { block.callAsFunction(value) }
    }
    return norm(value).linear(tokens.weight.value)  // [batch, time, vocabulary]
  }

  /// A cache for each block.
  ///
  /// - Parameter capacity: how many steps are kept, and how far a step sees; all if `nil`.
  public func caches(capacity: Int? = nil) -> [KeyValueCache] {
    blocks.map { _ in KeyValueCache(capacity: capacity) }
  }

  /// Scores of steps that follow those of the caches, which take them in.
  ///
  /// - Parameters:
  ///   - x: tokens, `[batch, time]`; all steps so far are at most `context` where places have
  ///     vectors of their own.
  ///   - caches: one for each block.
  public func callAsFunction(
    _ x: NDArray, caches: inout [KeyValueCache], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      checkCaches(caches, blocks.count, of: "gpt")
      var value = placed(x, from: caches[0].count)
      for (index, block) in blocks.enumerated() { value = block(value, cache: &caches[index]) }
      return norm(value).linear(tokens.weight.value)
    }
  }

  /// The vectors of tokens at their places.
  private func placed(_ x: NDArray, from offset: Int) -> NDArray {
    let end = offset + (x.rank == 2 ? x.shape[1] : 0)
    let isBounded = offset == 0 || positions != nil
    guard x.rank == 2, !isBounded || end <= context else {
      let place = offset == 0 ? "" : ", from \(offset) on"
      fail(
        "gpt: needs [batch, time] with at most \(context) steps\(place): \(x.type)", at: .unknown)
    }
    guard let table = positions?.value else { return dropout(tokens(x)) }
    return dropout(tokens(x) + (x.shape[1] == context ? table : table[offset..<end]))
  }
}
