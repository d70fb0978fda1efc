/// A cell whose input goes through a matrix before anything else happens to it, which is done for
/// all steps of a sequence at once.
protocol GatedCell: RecurrentCell {
  /// What the inputs give to the gates, `[..., inputs]` to `[..., gates]`.
  func gates(of x: NDArray) -> NDArray

  /// One step from what the input gives to the gates, `[batch, gates]`.
  func advance(_ gates: NDArray, from state: [NDArray]) -> RecurrentResult
}

extension GatedCell {
  public func step(_ x: NDArray, from state: [NDArray]) -> RecurrentResult {
    guard x.rank == 2 else { fail("cell: needs [batch, inputs]: \(x.type)", at: .unknown) }
    return advance(gates(of: x), from: state)
  }

  public func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult {
    x.with(gates(of: x.values)).steps(from: state, advance)
  }
}

/// Uniform within `1 / sqrt(hidden)`, as recurrent weights start if nothing else is said.
func recurrentInitializer(_ hidden: Int) -> Initializer {
  .uniform(limit: 1 / Double(hidden).squareRoot())
}
