/// An encoder and a decoder for sequences of tokens, such as a text and its translation.
///
/// Vectors of tokens are multiplied with `sqrt(features)`; places are told by sines and cosines.
///
/// - Input: tokens of both sequences, `[batch, time]`. Output: `[batch, time, vocabulary]`, scores
///   of the token that follows in the second.
/// - Parameters: `source`, `target`, `encoder`, `decoder` and `scores`.
/// - Reference: Vaswani et al., *Attention Is All You Need*, arXiv:1706.03762.
public struct Transformer: ReportingLayer {
  /// The vectors of the tokens that are read.
  public let source: Embedding
  /// The vectors of the tokens that are written; the same if there is one vocabulary.
  public let target: Embedding
  public let encoder: TransformerEncoder
  public let decoder: TransformerDecoder
  /// From vectors to scores of the tokens that are written.
  public let scores: Dense
  public let dropout: Dropout
  /// Tells the places.
  public let encoding = SinusoidalPositionalEncoding()

  /// - Parameters:
  ///   - options: how the blocks are built.
  ///   - vocabulary: how many tokens there are.
  ///   - targetVocabulary: of the tokens that are written; one vocabulary for both, whose vectors
  ///     also give the scores, if `nil`.
  ///   - layerCount: how many blocks each of encoder and decoder has.
  public init(
    _ options: TransformerOptions, vocabulary: Int, targetVocabulary: Int? = nil,
    layerCount: Int = 6, file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(
      ["vocabulary": vocabulary, "targetVocabulary": targetVocabulary ?? 1], of: "Transformer",
      at: site)
    options.check("Transformer", at: site)
    let start = Initializer.normal(standardDeviation: 1 / Double(options.features).squareRoot())
    source = Embedding(vocabulary, features: options.features, initializer: start)
    if let targetVocabulary {
      target = Embedding(targetVocabulary, features: options.features, initializer: start)
      scores = Dense(
        targetVocabulary, inputs: options.features, initializer: options.initializer)
    } else {
      target = source
      scores = Dense(tiedTo: source)
    }
    encoder = TransformerEncoder(options, layerCount: layerCount, file: file, line: line)
    decoder = TransformerDecoder(options, layerCount: layerCount, file: file, line: line)
    dropout = Dropout(options.dropout, file: file, line: line)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { scored(x, x, nil, nil) }

  /// Scores of the tokens that follow those of the second sequence.
  ///
  /// - Parameters:
  ///   - x: the tokens that are read, `[batch, places]`.
  ///   - target: the tokens that are written, without the last, `[batch, time]`.
  ///   - lengths: of the sequences that are read, `[batch]`.
  ///   - targetLengths: of those that are written.
  public func callAsFunction(
    _ x: NDArray, target: NDArray, lengths: NDArray? = nil, targetLengths: NDArray? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      scored(x, target, lengths, targetLengths)
    }
  }

  /// What is written for sequences, the best token each time.
  ///
  /// - Parameters:
  ///   - x: the tokens that are read, `[batch, places]`.
  ///   - lengths: of the sequences, `[batch]`.
  ///   - start: the token that is before the first.
  ///   - count: how many tokens are written.
  /// - Returns: `[batch, count]`, int64.
  public func written(
    for x: NDArray, lengths: NDArray? = nil, start: Int, count: Int,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      let memory = encoder(placed(source(x), 0), mask: nil, lengths: lengths)
      var caches = decoder.layers.map { _ in KeyValueCache() }
      var tokens: [NDArray] = []
      var last = withDevice(x.device) { NDArray.full([x.shape[0], 1], start, dtype: .int64) }
      for place in 0..<count {
        let value = decoder(
          placed(target(last), place), memory: memory, memoryLengths: lengths, caches: &caches)
        last = scores(value).argMax(axis: -1)
        tokens.append(last)
      }
      return .concatenated(tokens, axis: 1)
    }
  }

  private func scored(
    _ x: NDArray, _ target: NDArray, _ lengths: NDArray?, _ targetLengths: NDArray?
  ) -> NDArray {
    let memory = encoder(placed(source(x), 0), mask: nil, lengths: lengths)
    let value = decoder(
      placed(self.target(target), 0), memory: memory, lengths: targetLengths,
      memoryLengths: lengths)
    return scores(value)
  }

  private func placed(_ vectors: NDArray, _ offset: Int) -> NDArray {
    guard vectors.rank == 3 else {
      fail("transformer: needs tokens [batch, time]: vectors \(vectors.type)", at: .unknown)
    }
    let scaled = vectors * Double(vectors.shape[2]).squareRoot()
    return dropout(encoding(scaled, offset: offset))
  }
}
