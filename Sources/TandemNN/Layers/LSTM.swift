/// Long short-term memory, one layer or several, each reading the outputs of the one below.
///
/// `z = W x[t] + U h[t-1] + b`, split into i, f, g, o; `c[t] = σ(f) c[t-1] + σ(i) tanh(g)`,
/// `h[t] = σ(o) tanh(c[t])`.
///
/// - Input: `[time, batch, inputs]`, or `[batch, time, inputs]` if it is batch-major. Output: the
///   same with `hidden` features, of the last layer.
/// - Parameters: of layer `l` `layers.l.inputWeight`, `[4 · hidden, inputs]`,
///   `layers.l.hiddenWeight`, `[4 · hidden, hidden]`, and `layers.l.bias`, `[4 · hidden]`, which
///   starts at zero; the four parts belong to input, forget, cell and output gate.
///
/// What the inputs give to the gates is one matrix product for all steps.
///
/// - Reference: Hochreiter and Schmidhuber, *Long Short-Term Memory*, Neural Computation, 1997.
public struct LSTM: ReportingLayer {
  /// The weights of one layer.
  public struct Weights: Sendable {
    /// What the inputs are multiplied with, `[4 · hidden, inputs]`.
    public let inputWeight: Parameter
    /// What the last output is multiplied with, `[4 · hidden, hidden]`.
    public let hiddenWeight: Parameter
    /// Added to the gates, `[4 · hidden]`.
    public let bias: Parameter
  }

  /// What a layer remembers between steps.
  public struct State: Sendable {
    /// The last output, `[batch, hidden]`.
    public var output: NDArray
    /// The last cell state, `[batch, hidden]`.
    public var cell: NDArray

    /// The state with these parts.
    public init(output: NDArray, cell: NDArray) { (self.output, self.cell) = (output, cell) }
  }

  /// The weights of the layers, lowest first.
  public let layers: [Weights]
  /// The length of the state.
  public let hidden: Int
  /// Whether the first axis of input and output is the batch, not the time.
  public let isBatchMajor: Bool

  /// - Parameters:
  ///   - hidden: the length of the state.
  ///   - inputs: the number of features that go in; inferred at the first call if `nil`.
  ///   - layerCount: how many layers stand on each other.
  ///   - isBatchMajor: whether the first axis is the batch, not the time.
  ///   - initializer: of the weights; uniform within `1 / sqrt(hidden)` if `nil`.
  public init(
    _ hidden: Int, inputs: Int? = nil, layerCount: Int = 1, isBatchMajor: Bool = false,
    initializer: Initializer? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["hidden": hidden, "inputs": inputs ?? 1, "layerCount": layerCount], of: "LSTM",
      at: CallSite(file, line))
    let initializer = initializer ?? .uniform(limit: 1 / Double(hidden).squareRoot())
    layers = (0..<layerCount).map { layer in
      Weights(
        inputWeight: Parameter(
          shape: [4 * hidden, layer == 0 ? inputs : hidden], initializer: initializer),
        hiddenWeight: Parameter(shape: [4 * hidden, hidden], initializer: initializer),
        bias: Parameter(shape: [4 * hidden], initializer: .zeros))
    }
    (self.hidden, self.isBatchMajor) = (hidden, isBatchMajor)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { run(x, from: nil).outputs }

  /// The outputs, and the state of each layer after the last step.
  ///
  /// - Parameter states: of each layer before the first step; zeros if `nil`.
  public func callAsFunction(
    _ x: NDArray, from states: [State]?, file: StaticString = #fileID, line: UInt = #line
  ) -> (outputs: NDArray, states: [State]) {
    LayerPlace.enter(self, at: CallSite(file, line)) { run(x, from: states) }
  }

  /// What a layer starts from, where its inputs `[time, batch, inputs]` lie.
  private func zeroState(before inputs: NDArray) -> State {
    let zeros = withDevice(inputs.device) {
      NDArray.zeros([inputs.shape[1], hidden], dtype: inputs.dtype)
    }
    return State(output: zeros, cell: zeros)
  }

  private func run(_ x: NDArray, from states: [State]?) -> (outputs: NDArray, states: [State]) {
    guard x.rank == 3 else {
      let axes = isBatchMajor ? "[batch, time, inputs]" : "[time, batch, inputs]"
      fail("lstm: needs \(axes): \(x.type)", at: .unknown)
    }
    if let states, states.count != layers.count {
      fail("lstm: \(layers.count) layers, but \(states.count) states", at: .unknown)
    }
    var value = isBatchMajor ? x.transposed([1, 0, 2]) : x
    var after: [State] = []
    for (index, layer) in layers.enumerated() {
      let start = states?[index] ?? zeroState(before: value)
      let gates = value.linear(
        layer.inputWeight.value(for: value.shape[-1]), bias: layer.bias.value)
      let (outputs, cell) = gates.lstmSequence(
        weight: layer.hiddenWeight.value, h0: start.output, c0: start.cell)
      after.append(State(output: outputs[outputs.shape[0] - 1], cell: cell))
      value = outputs
    }
    return (isBatchMajor ? value.transposed([1, 0, 2]) : value, after)
  }
}
