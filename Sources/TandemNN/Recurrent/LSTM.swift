/// Long short-term memory, one layer or several, each reading the outputs of the one below.
///
/// `z = W x[t] + U h[t-1] + b`, split into i, f, g, o; `c[t] = σ(f) c[t-1] + σ(i) tanh(g)`,
/// `h[t] = σ(o) tanh(c[t])`; see ``LSTMCell``.
///
/// - Input: `[time, batch, inputs]`, or `[batch, time, inputs]` if it is batch-major. Output: the
///   same with `hidden` features (or those of the projection), of the last layer; of both
///   directions, one behind the other, if there are two.
/// - Parameters: of layer `l` `layers.l.inputWeight`, `[4 · hidden, inputs]`,
///   `layers.l.hiddenWeight`, `[4 · hidden, hidden]`, `layers.l.bias`, `[4 · hidden]`, which
///   starts at zero, and, if there is a projection, `layers.l.projection`; the four parts belong to
///   input, forget, cell and output gate. Those of the other direction are `reversedLayers.l`.
///
/// What the inputs give to the gates is one matrix product for all steps. Sequences of several
/// lengths: see ``callAsFunction(_:from:lengths:file:line:)``.
///
/// - Reference: Hochreiter and Schmidhuber, *Long Short-Term Memory*, Neural Computation, 1997.
public struct LSTM: ReportingLayer, RecurrentStack {
  /// The weights of one layer.
  public typealias Weights = LSTMCell

  /// What a layer remembers between steps.
  public struct State: Sendable {
    /// The last output, `[batch, hidden]`, or as long as the projection.
    public var output: NDArray
    /// The last cell state, `[batch, hidden]`.
    public var cell: NDArray

    /// The state with these parts.
    public init(output: NDArray, cell: NDArray) { (self.output, self.cell) = (output, cell) }
  }

  /// The layers, lowest first.
  public let layers: [LSTMCell]
  /// The layers that read from the end; none if there is one direction.
  public let reversedLayers: [LSTMCell]
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
  ///   - projection: the length of the outputs; `hidden` if `nil`.
  ///   - cellClip: cell states stay between minus this and this.
  ///   - hasBias: whether `b` is there.
  ///   - initializer: of the weights; uniform within `1 / sqrt(hidden)` if `nil`.
  public init(
    _ hidden: Int, inputs: Int? = nil, layerCount: Int = 1, isBidirectional: Bool = false,
    isBatchMajor: Bool = false, dropout: Double = 0, projection: Int? = nil,
    cellClip: Double? = nil, hasBias: Bool = true, initializer: Initializer? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      [
        "hidden": hidden, "inputs": inputs ?? 1, "layerCount": layerCount,
        "projection": projection ?? 1,
      ], of: "LSTM", at: CallSite(file, line))
    let directions = isBidirectional ? 2 : 1
    func cells() -> [LSTMCell] {
      LSTM.cells(layerCount, inputs: inputs, between: directions * (projection ?? hidden)) {
        LSTMCell(
          hidden, inputs: $0, projection: projection, cellClip: cellClip, hasBias: hasBias,
          initializer: initializer, file: file, line: line)
      }
    }
    (layers, reversedLayers) = (cells(), isBidirectional ? cells() : [])
    self.dropout = Dropout(dropout, file: file, line: line)
    (self.hidden, self.isBatchMajor) = (hidden, isBatchMajor)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    run("lstm", x, from: nil, lengths: nil).outputs
  }

  /// The outputs, and the state of each layer after the last step.
  ///
  /// - Parameters:
  ///   - x: see ``LSTM``.
  ///   - states: of each layer before the first step; zeros if `nil`. In two directions those of
  ///     each layer follow one another, forward first.
  ///   - lengths: of the sequences, `[batch]`, integers. Outputs behind an end are zero, the last
  ///     state is that at the end, and the other direction starts there.
  public func callAsFunction(
    _ x: NDArray, from states: [State]?, lengths: NDArray? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (outputs: NDArray, states: [State]) {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      let arrays = states.map { $0.map { [$0.output, $0.cell] } }
      let (outputs, after) = run("lstm", x, from: arrays, lengths: lengths)
      return (outputs, after.map { State(output: $0[0], cell: $0[1]) })
    }
  }
}

extension LSTM.State: ArrayTree {
  /// Hands over the output, then the cell state.
  public func append(to leaves: inout ArrayLeaves) {
    output.append(to: &leaves)
    cell.append(to: &leaves)
  }

  /// A state of the two arrays that were handed over.
  public static func take(from leaves: inout ArrayLeafReader) -> LSTM.State {
    LSTM.State(output: .take(from: &leaves), cell: .take(from: &leaves))
  }
}
