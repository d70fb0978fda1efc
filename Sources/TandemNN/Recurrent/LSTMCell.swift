/// One step of long short-term memory: `z = W x + U h[-1] + b`, split into i, f, g, o;
/// `c = σ(f) c[-1] + σ(i) tanh(g)`, `h = σ(o) tanh(c)`; with a projection, `h = P (σ(o) tanh(c))`.
///
/// - State: `h`, `[batch, outputs]`, which is the output, and `c`, `[batch, hidden]`. There are
///   `hidden` outputs, or as many as the projection has.
/// - Parameters: `inputWeight`, `[4 · hidden, inputs]`; `hiddenWeight`, `[4 · hidden, outputs]`;
///   `bias`, `[4 · hidden]`, starts at zero; `projection`, `[outputs, hidden]`, if there is one.
///
/// A whole sequence without projection and bounds is one operator, also where sequences are of
/// several lengths.
///
/// - Reference: Hochreiter and Schmidhuber, *Long Short-Term Memory*, Neural Computation, 1997;
///   Sak, Senior and Beaufays, *Long Short-Term Memory Based Recurrent Neural Network Architectures
///   for Large Vocabulary Speech Recognition*, arXiv:1402.1128.
public struct LSTMCell: RecurrentCell, GatedCell {
  /// What the inputs are multiplied with, `[4 · hidden, inputs]`.
  public let inputWeight: Parameter
  /// What the last output is multiplied with, `[4 · hidden, outputs]`.
  public let hiddenWeight: Parameter
  /// Added to the gates, `[4 · hidden]`.
  public let bias: Parameter?
  /// Makes outputs shorter than states, `[outputs, hidden]`.
  public let projection: Parameter?
  /// Cell states stay between minus this and this.
  public let cellClip: Double?
  /// The length of the cell state.
  public let hidden: Int

  /// - Parameters:
  ///   - hidden: the length of the cell state.
  ///   - inputs: the number of features that go in; inferred at the first call if `nil`.
  ///   - projection: the length of the output; `hidden` if `nil`.
  ///   - cellClip: cell states stay between minus this and this.
  ///   - hasBias: whether `b` is there.
  ///   - initializer: of the weights; uniform within `1 / sqrt(hidden)` if `nil`.
  public init(
    _ hidden: Int, inputs: Int? = nil, projection: Int? = nil, cellClip: Double? = nil,
    hasBias: Bool = true, initializer: Initializer? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(
      ["hidden": hidden, "inputs": inputs ?? 1, "projection": projection ?? 1], of: "LSTMCell",
      at: site)
    if let cellClip, !(cellClip > 0) {
      fail("LSTMCell: cellClip must be positive, got \(cellClip)", at: site)
    }
    let initializer = initializer ?? recurrentInitializer(hidden)
    inputWeight = Parameter(shape: [4 * hidden, inputs], initializer: initializer)
    hiddenWeight = Parameter(
      shape: [4 * hidden, projection ?? hidden], initializer: initializer)
    bias = hasBias ? Parameter(shape: [4 * hidden], initializer: .zeros) : nil
    self.projection = projection.map { Parameter(shape: [$0, hidden], initializer: initializer) }
    (self.cellClip, self.hidden) = (cellClip, hidden)
  }

  public var stateWidths: [Int] { [outputs, hidden] }
  public var outputWidth: Int? { outputs }

  private var outputs: Int { projection?.declaredShape[0] ?? hidden }

  func gates(of x: NDArray) -> NDArray {
    x.linear(inputWeight.value(for: x.shape[-1]), bias: bias?.value)
  }

  func advance(_ gates: NDArray, from state: [NDArray]) -> RecurrentResult {
    let parts = (gates + state[0].linear(hiddenWeight.value)).split(into: 4, axis: -1)
    var cell = parts[1].sigmoid() * state[1] + parts[0].sigmoid() * parts[2].tanh()
    if let cellClip { cell = cell.clip(min: -cellClip, max: cellClip) }
    var output = parts[3].sigmoid() * cell.tanh()
    if let projection { output = output.linear(projection.value) }
    return RecurrentResult(output: output, state: [output, cell])
  }

  public func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult {
    let gates = gates(of: x.values)
    if x.isUnrolled || projection != nil || cellClip != nil {
      return x.with(gates).steps(from: state, advance)
    }
    guard let lengths = x.lengths else {
      let (outputs, cell) = gates.lstmSequence(
        weight: hiddenWeight.value, h0: state[0], c0: state[1])
      return RecurrentResult(output: outputs, state: [outputs[outputs.shape[0] - 1], cell])
    }
    return sequence(gates, from: state, lengths, x.valid(lengths))
  }

  /// Behind the end of a sequence the forget gate is open and the input gate shut, exactly, so that
  /// the cell keeps its last state.
  private func sequence(
    _ gates: NDArray, from state: [NDArray], _ lengths: NDArray, _ valid: NDArray
  ) -> RecurrentResult {
    let openness = [-LSTMCell.shut, LSTMCell.shut, 0, 0].flatMap {
      [Double](repeating: $0, count: hidden)
    }
    let keeping = withDevice(gates.device) {
      NDArray(openness, shape: [4 * hidden], dtype: gates.dtype)
    }
    let (outputs, cell) = NDArray.where(valid, gates, keeping).lstmSequence(
      weight: hiddenWeight.value, h0: state[0], c0: state[1])
    let hasSteps = (lengths .> 0).reshaped([lengths.count, 1])
    let last = outputs.sequenceLast(lengths: lengths.maximum(1))
    return RecurrentResult(
      output: .where(valid, outputs, 0), state: [.where(hasSteps, last, state[0]), cell])
  }

  /// Of which the sigmoid is zero or one in every dtype, whatever the last output adds.
  private static let shut = 30_000.0
}
