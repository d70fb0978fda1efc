/// A decoder-only transformer for sequences of tokens, without biases, its output tied to the
/// embedding of the tokens.
///
/// With a vocabulary of 65, a context of 256, 384 features, 6 heads and 6 blocks: 10,750,080
/// parameters.
///
/// - Input: tokens, `[batch, time]`, with at most `context` steps. Output:
///   `[batch, time, vocabulary]`, scores of the next token.
/// - Parameters: `tokens.weight`, `[vocabulary, features]`; `positions`, `[context, features]`; of
///   each block `attentionNorm`, `attention`, `expansionNorm`, `expand` and `contract`; `norm`.
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

    init(features: Int, heads: Int, initializer: Initializer) {
      attentionNorm = LayerNorm(features: features)
      attention = MultiHeadAttention(
        features, heads: heads, isCausal: true, hasBias: false, initializer: initializer)
      expansionNorm = LayerNorm(features: features)
      expand = Dense(4 * features, inputs: features, hasBias: false, initializer: initializer)
      contract = Dense(features, inputs: 4 * features, hasBias: false, initializer: initializer)
    }

    @_disfavoredOverload
    public func callAsFunction(_ x: NDArray) -> NDArray {
      let y = x + attention(attentionNorm(x))  // [batch, time, features]
      return y + contract(expand(expansionNorm(y)).gelu(approximation: .tanh))
    }
  }

  /// The vectors of the tokens, and what scores are taken with.
  public let tokens: Embedding
  public let positions: Parameter
  /// The blocks, lowest first.
  public let blocks: [Block]
  public let norm: LayerNorm

  /// - Parameters:
  ///   - vocabulary: how many tokens there are.
  ///   - context: the longest sequence.
  ///   - features: the length of a token's vector; a multiple of `heads`.
  ///   - heads: of each block's attention.
  ///   - blockCount: how many blocks there are.
  public init(
    vocabulary: Int, context: Int, features: Int, heads: Int, blockCount: Int,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      [
        "vocabulary": vocabulary, "context": context, "features": features, "heads": heads,
        "blockCount": blockCount,
      ], of: "GPT", at: CallSite(file, line))
    let initializer = Initializer.normal(standardDeviation: 0.02)
    tokens = Embedding(vocabulary, features: features, initializer: initializer)
    positions = Parameter(shape: [context, features], initializer: initializer)
    blocks = (0..<blockCount).map { _ in
      Block(features: features, heads: heads, initializer: initializer)
    }
    norm = LayerNorm(features: features)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let table = positions.value
    guard x.rank == 2, x.shape[1] <= table.shape[0] else {
      fail("gpt: needs [batch, time] with at most \(table.shape[0]) steps: \(x.type)", at: .unknown)
    }
    let time = x.shape[1]
    var value = tokens(x) + (time == table.shape[0] ? table : table[0..<time])
    for (index, block) in blocks.enumerated() {
      value = LayerPlace.enter(block, index: index) { block.callAsFunction(value) }
    }
    return norm(value).linear(tokens.weight.value)  // [batch, time, vocabulary]
  }
}
