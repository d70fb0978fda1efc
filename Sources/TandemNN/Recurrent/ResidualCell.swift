/// A cell whose input is added to its output, which must be as long.
///
/// - State and parameters: those of the cell, under `cell`.
/// - Reference: Wu et al., *Google's Neural Machine Translation System*, arXiv:1609.08144.
public struct ResidualCell: RecurrentCell {
  public let cell: any RecurrentCell

  /// - Parameter cell: to whose output its input is added.
  public init(_ cell: any RecurrentCell) { self.cell = cell }

  public var stateWidths: [Int] { cell.stateWidths }
  public var outputWidth: Int? { cell.outputWidth }

  public func step(_ x: NDArray, from state: [NDArray]) -> RecurrentResult {
    let result = cell.step(x, from: state)
    return RecurrentResult(output: result.output + x, state: result.state)
  }

  public func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult {
    var result = cell.sequence(x, from: state)
    var added = x.values
    if let lengths = x.lengths { added = .where(x.valid(lengths), added, 0) }
    result.output = result.output + added
    return result
  }
}
