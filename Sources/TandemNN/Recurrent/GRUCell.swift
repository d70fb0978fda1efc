/// One step of a gated recurrent unit: `r = σ(Wr x + Ur h[-1] + br)`, `z = σ(Wz x + Uz h[-1] +
/// bz)`, `n = tanh(Wn x + bn + r · (Un h[-1] + c))`, `h = (1 − z) · n + z · h[-1]`.
///
/// As in cuDNN and PyTorch the reset gate acts behind the matrix.
///
/// - State: `h`, `[batch, hidden]`, which is the output.
/// - Parameters: `inputWeight`, `[3 · hidden, inputs]`; `hiddenWeight`, `[3 · hidden, hidden]`;
///   `bias`, `[3 · hidden]`; the three parts belong to `r`, `z` and `n`; `candidateBias`,
///   `[hidden]`, is `c`. Biases start at zero.
/// - Reference: Cho et al., *Learning Phrase Representations using RNN Encoder–Decoder for
///   Statistical Machine Translation*, arXiv:1406.1078.
public struct GRUCell: RecurrentCell, GatedCell {
  public let inputWeight: Parameter
  public let hiddenWeight: Parameter
  public let bias: Parameter?
  public let candidateBias: Parameter?
  /// The length of the state.
  public let hidden: Int

  /// - Parameters:
  ///   - hidden: the length of the state.
  ///   - inputs: the number of features that go in; inferred at the first call if `nil`.
  ///   - hasBias: whether the biases are there.
  ///   - initializer: of the weights; uniform within `1 / sqrt(hidden)` if `nil`.
  public init(
    _ hidden: Int, inputs: Int? = nil, hasBias: Bool = true, initializer: Initializer? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["hidden": hidden, "inputs": inputs ?? 1], of: "GRUCell", at: CallSite(file, line))
    let initializer = initializer ?? recurrentInitializer(hidden)
    inputWeight = Parameter(shape: [3 * hidden, inputs], initializer: initializer)
    hiddenWeight = Parameter(shape: [3 * hidden, hidden], initializer: initializer)
    bias = hasBias ? Parameter(shape: [3 * hidden], initializer: .zeros) : nil
    candidateBias = hasBias ? Parameter(shape: [hidden], initializer: .zeros) : nil
    self.hidden = hidden
  }

  public var stateWidths: [Int] { [hidden] }
  public var outputWidth: Int? { hidden }

  func gates(of x: NDArray) -> NDArray {
    x.linear(inputWeight.value(for: x.shape[-1]), bias: bias?.value)
  }

  func advance(_ gates: NDArray, from state: [NDArray]) -> RecurrentResult {
    let h = state[0]
    let fromInput = gates.split(into: 3, axis: -1)
    let fromState = h.linear(hiddenWeight.value).split(into: 3, axis: -1)
    let reset = (fromInput[0] + fromState[0]).sigmoid()
    let update = (fromInput[1] + fromState[1]).sigmoid()
    let candidate = candidateBias.map { fromState[2] + $0.value } ?? fromState[2]
    let proposal = (fromInput[2] + reset * candidate).tanh()
    let next = (1 - update) * proposal + update * h
    return RecurrentResult(output: next, state: [next])
  }
}
