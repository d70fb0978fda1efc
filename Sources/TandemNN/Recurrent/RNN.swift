/// An Elman network, one layer or several, each reading the outputs of the one below.
///
/// `h[t] = f(W x[t] + U h[t-1] + b)`; see ``RNNCell``.
///
/// - Input: `[time, batch, inputs]`, or `[batch, time, inputs]` if it is batch-major. Output: the
///   same with `hidden` features, of the last layer; of both directions, one behind the other, if
///   there are two.
/// - Parameters: of layer `l` `layers.l.inputWeight`, `[hidden, inputs]`, `layers.l.hiddenWeight`,
///   `[hidden, hidden]`, and `layers.l.bias`, `[hidden]`. Those of the other direction are
///   `reversedLayers.l`.
///
/// What the inputs give to the gates is one matrix product for all steps; the rest is a loop
/// operator.
///
/// - Reference: Elman, *Finding Structure in Time*, Cognitive Science, 1990.
public struct RNN: ReportingLayer, RecurrentStack {
  /// The layers, lowest first.
  public let layers: [RNNCell]
  /// The layers that read from the end; none if there is one direction.
  public let reversedLayers: [RNNCell]
  /// Between the layers.
  public let dropout: Dropout
  /// The length of the state.
  public let hidden: Int
  /// Whether the first axis of input and output is the batch, not the time.
  public let isBatchMajor: Bool

  /// - Parameters:
  ///   - hidden: the length of the state.
  ///   - inputs: the number of features that go in; inferred at the first call if `nil`.
  ///   - activation: the function that bounds the state.
  ///   - layerCount: how many layers stand on each other.
  ///   - isBidirectional: whether each layer also reads from the end.
  ///   - isBatchMajor: whether the first axis is the batch, not the time.
  ///   - dropout: the probability with which what goes from layer to layer is dropped.
  ///   - hasBias: whether the biases are there.
  ///   - initializer: of the weights; uniform within `1 / sqrt(hidden)` if `nil`.
  public init(
    _ hidden: Int, inputs: Int? = nil, activation: RNNCell.Activation = .tanh, layerCount: Int = 1,
    isBidirectional: Bool = false,
    isBatchMajor: Bool = false, dropout: Double = 0, hasBias: Bool = true,
    initializer: Initializer? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["hidden": hidden, "inputs": inputs ?? 1, "layerCount": layerCount], of: "RNN",
      at: CallSite(file, line))
    func cells() -> [RNNCell] {
      RNN.cells(layerCount, inputs: inputs, between: isBidirectional ? 2 * hidden : hidden) {
        RNNCell(
          hidden, inputs: $0, activation: activation, hasBias: hasBias, initializer: initializer,
          file: file, line: line)
      }
    }
    (layers, reversedLayers) = (cells(), isBidirectional ? cells() : [])
    self.dropout = Dropout(dropout, file: file, line: line)
    (self.hidden, self.isBatchMajor) = (hidden, isBatchMajor)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    run("rnn", x, from: nil, lengths: nil).outputs
  }

  /// The outputs, and the state of each layer after the last step, `[batch, hidden]`.
  ///
  /// - Parameters:
  ///   - x: see ``RNN``.
  ///   - states: of each layer before the first step; zeros if `nil`. In two directions those of
  ///     each layer follow one another, forward first.
  ///   - lengths: of the sequences, `[batch]`, integers. Outputs behind an end are zero, the last
  ///     state is that at the end, and the other direction starts there.
  public func callAsFunction(
    _ x: NDArray, from states: [NDArray]?, lengths: NDArray? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (outputs: NDArray, states: [NDArray]) {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      let (outputs, after) = run("rnn", x, from: states.map { $0.map { [$0] } }, lengths: lengths)
      return (outputs, after.map { $0[0] })
    }
  }
}
