/// A word-level language model: embedding, stacked LSTM, dense scores.
///
/// - Input: tokens, `[time, batch]`. Output: `[time, batch, vocabulary]`, scores of the next token.
/// - Parameters: `tokens.weight`, `lstm.layers`, `scores.weight` (that of the tokens, if they are
///   tied) and `scores.bias`.
/// - Reference: Zaremba, Sutskever and Vinyals, *Recurrent Neural Network Regularization*,
///   arXiv:1409.2329.
public struct LSTMLanguageModel: ReportingLayer {
  /// The vectors of the tokens.
  public let tokens: Embedding
  /// In front of the LSTM and behind it; the same stands between its layers.
  public let dropout: Dropout
  /// What reads the sequence.
  public let lstm: LSTM
  /// From outputs to scores.
  public let scores: Dense

  /// - Parameters:
  ///   - vocabulary: how many tokens there are.
  ///   - hidden: the length of a token's vector and of the state.
  ///   - layerCount: how many layers stand on each other.
  ///   - dropout: the probability with which inputs and outputs of each layer of the LSTM are
  ///     dropped.
  ///   - limit: weights start uniform within plus and minus this.
  ///   - isTied: whether scores are taken with the vectors of the tokens.
  public init(
    vocabulary: Int, hidden: Int, layerCount: Int = 2, dropout: Double = 0, limit: Double = 0.05,
    isTied: Bool = false
  ) {
    let initializer = Initializer.uniform(limit: limit)
    tokens = Embedding(vocabulary, features: hidden, initializer: initializer)
    self.dropout = Dropout(dropout)
    lstm = LSTM(
      hidden, inputs: hidden, layerCount: layerCount, dropout: dropout, initializer: initializer)
    scores =
      isTied
      ? Dense(tiedTo: tokens) : Dense(vocabulary, inputs: hidden, initializer: initializer)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    scores(dropout(lstm(dropout(tokens(x)))))  // [time, batch, vocabulary]
  }

  /// Scores of a piece of text that follows another.
  ///
  /// - Parameters:
  ///   - x: tokens, `[time, batch]`.
  ///   - states: those that the piece before gave; zeros if `nil`.
  public func callAsFunction(
    _ x: NDArray, from states: [LSTM.State]?, file: StaticString = #fileID, line: UInt = #line
  ) -> (scores: NDArray, states: [LSTM.State]) {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      let (outputs, after) = lstm(dropout(tokens(x)), from: states)
      return (scores(dropout(outputs)), after)
    }
  }
}
