/// A cell whose states and outputs keep their last values at random in training: each element by
/// itself, at each step. Outside of training they become the mean of both.
///
/// - State: that of the cell, and the last output if outputs are kept.
/// - Parameters: those of the cell, under `cell`.
/// - Reference: Krueger et al., *Zoneout: Regularizing RNNs by Randomly Preserving Hidden
///   Activations*, arXiv:1606.01305.
public struct ZoneoutCell: RecurrentCell {
  public let cell: any RecurrentCell
  /// The probabilities with which elements keep their values.
  public let states, outputs: Double

  /// - Parameters:
  ///   - cell: what is changed.
  ///   - states: the probability with which an element of a state keeps its value.
  ///   - outputs: the same of an output.
  public init(
    _ cell: any RecurrentCell, states: Double = 0, outputs: Double = 0,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    for (name, probability) in [("states", states), ("outputs", outputs)]
    where !(0..<1).contains(probability) {
      fail("ZoneoutCell: \(name) must be in 0..<1, got \(probability)", at: site)
    }
    if outputs > 0, cell.outputWidth == nil {
      fail("ZoneoutCell: \(type(of: cell)) does not know how long its outputs are", at: site)
    }
    self.cell = cell
    (self.states, self.outputs) = (states, outputs)
  }

  public var stateWidths: [Int] {
    cell.stateWidths + (outputs > 0 ? [cell.outputWidth ?? 0] : [])
  }
  public var outputWidth: Int? { cell.outputWidth }

  public func step(_ x: NDArray, from state: [NDArray]) -> RecurrentResult {
    let own = Array(state.prefix(cell.stateWidths.count))
    let result = cell.step(x, from: own)
    let kept = zip(own, result.state).map { mixed($0, $1, states) }
    guard outputs > 0 else { return RecurrentResult(output: result.output, state: kept) }
    let output = mixed(state[own.count], result.output, outputs)
    return RecurrentResult(output: output, state: kept + [output])
  }

  private func mixed(_ before: NDArray, _ after: NDArray, _ probability: Double) -> NDArray {
    guard probability > 0 else { return after }
    guard isTraining else { return probability * before + (1 - probability) * after }
    let keeps = NDArray.random.bernoulli(after.shape, probability: probability)
    return .where(keeps, before, after)
  }
}
