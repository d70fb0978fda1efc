/// A recurrent encoder and decoder with attention, for sequences of tokens such as a text and its
/// translation.
///
/// The encoder reads in both directions. Each step of the decoder looks at all of what the encoder
/// gave, weighed by its last state.
///
/// - Input: tokens of both sequences, `[batch, time]`. Output: `[batch, time, vocabulary]`, scores
///   of the token that follows in the second.
/// - Parameters: `source`, `target`, `encoder`, `bridge`, `attention`, `decoder` and `scores`.
/// - Reference: Bahdanau, Cho and Bengio, *Neural Machine Translation by Jointly Learning to Align
///   and Translate*, arXiv:1409.0473.
public struct Seq2Seq: ReportingLayer {
  /// The vectors of the tokens that are read.
  public let source: Embedding
  /// The vectors of the tokens that are written.
  public let target: Embedding
  /// Reads in both directions.
  public let encoder: GRU
  /// From the encoder's last states to the decoder's first.
  public let bridge: Dense
  /// Weighs what the encoder gave.
  public let attention: AdditiveAttention
  /// Its inputs are a token's vector and what attention gave.
  public let decoder: GRUCell
  /// From states and what attention gave to scores.
  public let scores: Dense

  /// - Parameters:
  ///   - vocabulary: how many tokens there are to be read.
  ///   - targetVocabulary: how many there are to be written.
  ///   - features: the length of a token's vector.
  ///   - hidden: the length of the states.
  public init(
    vocabulary: Int, targetVocabulary: Int, features: Int, hidden: Int,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      [
        "vocabulary": vocabulary, "targetVocabulary": targetVocabulary, "features": features,
        "hidden": hidden,
      ], of: "Seq2Seq", at: CallSite(file, line))
    source = Embedding(vocabulary, features: features)
    target = Embedding(targetVocabulary, features: features)
    encoder = GRU(hidden, inputs: features, isBidirectional: true, isBatchMajor: true)
    bridge = Dense(hidden, inputs: 2 * hidden, initializer: .glorotUniform)
    attention = AdditiveAttention(hidden)
    decoder = GRUCell(hidden, inputs: features + 2 * hidden)
    scores = Dense(targetVocabulary, inputs: 3 * hidden, initializer: .glorotUniform)
  }

  /// What the encoder gave.
  private struct Memory {
    let keys, prepared, state: NDArray
    let lengths: NDArray?
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { scored(x, x, nil) }

  /// Scores of the tokens that follow those of the second sequence.
  ///
  /// - Parameters:
  ///   - x: the tokens that are read, `[batch, places]`.
  ///   - target: the tokens that are written, without the last, `[batch, time]`.
  ///   - lengths: of the sequences that are read, `[batch]`, at least one.
  public func callAsFunction(
    _ x: NDArray, target: NDArray, lengths: NDArray? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) { scored(x, target, lengths) }
  }

  /// What is written for sequences, the best token each time.
  ///
  /// - Parameters:
  ///   - x: the tokens that are read, `[batch, places]`.
  ///   - lengths: of the sequences, `[batch]`, at least one.
  ///   - start: the token that is before the first.
  ///   - count: how many tokens are written.
  /// - Returns: `[batch, count]`, int64.
  public func written(
    for x: NDArray, lengths: NDArray? = nil, start: Int, count: Int,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      let memory = read(x, lengths)
      var (state, tokens) = (memory.state, [NDArray]())
      var last = withDevice(x.device) { NDArray.full([x.shape[0]], start, dtype: .int64) }
      for _ in 0..<count {
        let result = step(target(last), memory, from: state)
        state = result.state
        last = scores(result.output).argMax(axis: -1)
        tokens.append(last)
      }
      return .stacked(tokens, axis: 1)
    }
  }

  private func read(_ x: NDArray, _ lengths: NDArray?) -> Memory {
    let (keys, states) = encoder(source(x), from: nil, lengths: lengths)
    let state = bridge(.concatenated(states, axis: -1)).tanh()
    return Memory(
      keys: keys, prepared: attention.prepared(keys), state: state, lengths: lengths)
  }

  /// The new state beside what attention gave, and the new state.
  private func step(
    _ vector: NDArray, _ memory: Memory, from state: NDArray
  ) -> (output: NDArray, state: NDArray) {
    let seen = attention(
      state, keys: memory.keys, prepared: memory.prepared, lengths: memory.lengths)
    let next = decoder.step(.concatenated([vector, seen], axis: -1), from: [state]).state[0]
    return (.concatenated([next, seen], axis: -1), next)
  }

  private func scored(_ x: NDArray, _ target: NDArray, _ lengths: NDArray?) -> NDArray {
    guard x.rank == 2, target.rank == 2, x.shape[0] == target.shape[0] else {
      fail(
        "seq2Seq: needs tokens [batch, time] of both sequences: "
          + "\(TensorTypes([x.type, target.type]))", at: .unknown)
    }
    let memory = read(x, lengths)
    let vectors = self.target(target).transposed([1, 0, 2])  // [time, batch, features]
    let (_, outputs) = scan(memory.state, over: vectors) { state, vector in
      let result = step(vector, memory, from: state)
      return (result.state, result.output)
    }
    return scores(outputs.transposed([1, 0, 2]))
  }
}
