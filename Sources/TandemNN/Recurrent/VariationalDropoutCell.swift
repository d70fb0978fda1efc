/// A cell whose inputs, states and outputs are dropped in training, the same elements at all steps
/// of a sequence.
///
/// A single step draws for itself. Of the states only the first, which is the last output, is
/// dropped.
///
/// - State and parameters: those of the cell, under `cell`.
/// - Reference: Gal and Ghahramani, *A Theoretically Grounded Application of Dropout in Recurrent
///   Neural Networks*, arXiv:1512.05287.
public struct VariationalDropoutCell: RecurrentCell {
  public let cell: any RecurrentCell
  /// The probabilities with which elements become zero.
  public let inputs, states, outputs: Double

  /// - Parameters:
  ///   - cell: what is changed.
  ///   - inputs: the probability with which an input feature is dropped.
  ///   - states: the same of the state that the cell is given.
  ///   - outputs: the same of its outputs.
  public init(
    _ cell: any RecurrentCell, inputs: Double = 0, states: Double = 0, outputs: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    for (name, probability) in [("inputs", inputs), ("states", states), ("outputs", outputs)]
    where !(0..<1).contains(probability) {
      fail(
        "VariationalDropoutCell: \(name) must be in 0..<1, got \(probability)",
        at: CallSite(file, line))
    }
    self.cell = cell
    (self.inputs, self.states, self.outputs) = (inputs, states, outputs)
  }

  public var stateWidths: [Int] { cell.stateWidths }
  public var outputWidth: Int? { cell.outputWidth }

  public func step(_ x: NDArray, from state: [NDArray]) -> RecurrentResult {
    let masks = Masks(self, x: x, state)
    return step(x * masks.input, masks, from: state)
  }

  public func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult {
    let masks = Masks(self, x: x.values[0], state)
    let dropped = x.with(x.values * masks.input)
    guard states > 0 else {
      var result = cell.sequence(dropped, from: state)
      result.output = result.output * masks.output
      return result
    }
    return dropped.steps(from: state) { step($0, masks, from: $1) }
  }

  private func step(
    _ x: NDArray, _ masks: Masks, from state: [NDArray]
  ) -> RecurrentResult {
    let given = state.enumerated().map { $0 == 0 ? $1 * masks.state : $1 }
    var result = cell.step(x, from: given)
    result.output = result.output * masks.output
    return result
  }

  /// What inputs, the first state and outputs are multiplied with.
  private struct Masks {
    let input, state, output: NDArray

    init(_ owner: VariationalDropoutCell, x: NDArray, _ state: [NDArray]) {
      func mask(_ probability: Double, _ shape: Shape) -> NDArray {
        let ones = withDevice(x.device) { NDArray.ones(shape, dtype: x.dtype) }
        return isTraining && probability > 0 ? ones.dropout(probability: probability) : ones
      }
      let batch = x.shape[0]
      input = mask(owner.inputs, x.shape)
      self.state = mask(owner.states, state.first?.shape ?? [1])
      output = mask(owner.outputs, [batch, owner.outputWidth ?? x.shape[-1]])
    }
  }
}
