/// One step of an Elman network: `h = f(W x + U h[-1] + b)`.
///
/// - State: `h`, `[batch, hidden]`, which is the output.
/// - Parameters: `inputWeight`, `[hidden, inputs]`; `hiddenWeight`, `[hidden, hidden]`; `bias`,
///   `[hidden]`, starts at zero.
/// - Reference: Elman, *Finding Structure in Time*, Cognitive Science, 1990.
public struct RNNCell: RecurrentCell, GatedCell {
  /// The function that bounds the state.
  public enum Activation: Sendable {
    /// Between minus one and one.
    case tanh
    /// From zero on.
    case relu
  }

  public let inputWeight: Parameter
  public let hiddenWeight: Parameter
  public let bias: Parameter?
  /// The function that bounds the state.
  public let activation: Activation
  /// The length of the state.
  public let hidden: Int

  /// - Parameters:
  ///   - hidden: the length of the state.
  ///   - inputs: the number of features that go in; inferred at the first call if `nil`.
  ///   - activation: the function that bounds the state.
  ///   - hasBias: whether `b` is there.
  ///   - initializer: of the weights; uniform within `1 / sqrt(hidden)` if `nil`.
  public init(
    _ hidden: Int, inputs: Int? = nil, activation: Activation = .tanh, hasBias: Bool = true,
    initializer: Initializer? = nil, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["hidden": hidden, "inputs": inputs ?? 1], of: "RNNCell", at: CallSite(file, line))
    let initializer = initializer ?? recurrentInitializer(hidden)
    inputWeight = Parameter(shape: [hidden, inputs], initializer: initializer)
    hiddenWeight = Parameter(shape: [hidden, hidden], initializer: initializer)
    bias = hasBias ? Parameter(shape: [hidden], initializer: .zeros) : nil
    (self.activation, self.hidden) = (activation, hidden)
  }

  public var stateWidths: [Int] { [hidden] }
  public var outputWidth: Int? { hidden }

  func gates(of x: NDArray) -> NDArray {
    x.linear(inputWeight.value(for: x.shape[-1]), bias: bias?.value)
  }

  func advance(_ gates: NDArray, from state: [NDArray]) -> RecurrentResult {
    let sum = gates + state[0].linear(hiddenWeight.value)
    let h = activation == .tanh ? sum.tanh() : sum.relu()
    return RecurrentResult(output: h, state: [h])
  }
}
