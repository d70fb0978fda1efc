/// Gated recurrent units, one layer or several, each reading the outputs of the one below.
///
/// `r` and `z` gate, `h[t] = (1 − z) · n + z · h[t-1]`; see ``GRUCell``.
///
/// - Input: `[time, batch, inputs]`, or `[batch, time, inputs]` if it is batch-major. Output: the
///   same with `hidden` features, of the last layer; of both directions, one behind the other, if
///   there are two.
/// - Parameters: of layer `l` `layers.l.inputWeight`, `[3 · hidden, inputs]`,
///   `layers.l.hiddenWeight`, `[3 · hidden, hidden]`, `layers.l.bias`, `[3 · hidden]`, and
///   `layers.l.candidateBias`, `[hidden]`. Those of the other direction are `reversedLayers.l`.
///
/// What the inputs give to the gates is one matrix product for all steps; the rest is a loop
/// operator.
///
/// - Reference: Cho et al., *Learning Phrase Representations using RNN Encoder–Decoder for
///   Statistical Machine Translation*, arXiv:1406.1078.
public struct GRU: ReportingLayer, RecurrentStack {
  /// The layers, lowest first.
  public let layers: [GRUCell]
  /// The layers that read from the end; none if there is one direction.
  public let reversedLayers: [GRUCell]
  /// Between the layers.
  public let dropout: Dropout
  /// The length of the state.
  public let hidden: Int
  /// Whether the first axis of input and output is the batch, not the time.
  public let isBatchMajor: Bool

  /// - Parameters:
  ///   - hidden: the length of the state.
  ///   - inputs: the number of features that go in; inferred at the first call if `nil`.
  ///   - layerCount: how many layers stand on each other.
  ///   - isBidirectional: whether each layer also reads from the end.
  ///   - isBatchMajor: whether the first axis is the batch, not the time.
  ///   - dropout: the probability with which what goes from layer to layer is dropped.
  ///   - hasBias: whether the biases are there.
  ///   - initializer: of the weights; uniform within `1 / sqrt(hidden)` if `nil`.
  public init(
    _ hidden: Int, inputs: Int? = nil, layerCount: Int = 1, isBidirectional: Bool = false,
    isBatchMajor: Bool = false, dropout: Double = 0, hasBias: Bool = true,
    initializer: Initializer? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["hidden": hidden, "inputs": inputs ?? 1, "layerCount": layerCount], of: "GRU",
      at: CallSite(file, line))
    func cells() -> [GRUCell] {
      GRU.cells(layerCount, inputs: inputs, between: isBidirectional ? 2 * hidden : hidden) {
        GRUCell(
          hidden, inputs: $0, hasBias: hasBias, initializer: initializer, file: file, line: line)
      }
    }
    (layers, reversedLayers) = (cells(), isBidirectional ? cells() : [])
    self.dropout = Dropout(dropout, file: file, line: line)
    (self.hidden, self.isBatchMajor) = (hidden, isBatchMajor)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    run("gru", x, from: nil, lengths: nil).outputs
  }

  /// The outputs, and the state of each layer after the last step, `[batch, hidden]`.
  ///
  /// - Parameters:
  ///   - x: see ``GRU``.
  ///   - states: of each layer before the first step; zeros if `nil`. In two directions those of
  ///     each layer follow one another, forward first.
  ///   - lengths: of the sequences, `[batch]`, integers. Outputs behind an end are zero, the last
  ///     state is that at the end, and the other direction starts there.
  public func callAsFunction(
    _ x: NDArray, from states: [NDArray]?, lengths: NDArray? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (outputs: NDArray, states: [NDArray]) {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      let (outputs, after) = run("gru", x, from: states.map { $0.map { [$0] } }, lengths: lengths)
      return (outputs, after.map { $0[0] })
    }
  }
}
