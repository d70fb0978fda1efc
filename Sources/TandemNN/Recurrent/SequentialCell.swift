/// Cells that stand on each other: each takes the output of the one before as its input.
///
/// - State: those of the cells, one after another.
/// - Parameters: those of the cells, under their places: `0.inputWeight`.
public struct SequentialCell: RecurrentCell {
  /// The cells, lowest first.
  public let cells: [any RecurrentCell]

  /// The cells, lowest first.
  public init(_ cells: any RecurrentCell...) { self.cells = cells }

  /// The cells of an array.
  public init(_ cells: [any RecurrentCell]) { self.cells = cells }

  public var stateWidths: [Int] { cells.flatMap(\.stateWidths) }
  public var outputWidth: Int? { cells.last { $0.outputWidth != nil }?.outputWidth }

  public func step(_ x: NDArray, from state: [NDArray]) -> RecurrentResult {
    passed(x, state) { $0.step($1, from: $2) }
  }

  public func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult {
    passed(x.values, state) { $0.sequence(x.with($1), from: $2) }
  }

  private func passed(
    _ x: NDArray, _ state: [NDArray],
    _ run: (any RecurrentCell, NDArray, [NDArray]) -> RecurrentResult
  ) -> RecurrentResult {
    var (value, after, rest) = (x, [NDArray](), state[...])
    for cell in cells {
      let result = run(cell, value, Array(rest.prefix(cell.stateWidths.count)))
      rest = rest.dropFirst(cell.stateWidths.count)
      value = result.output
      after += result.state
    }
    return RecurrentResult(output: value, state: after)
  }
}

extension SequentialCell: CustomReflectable {
  /// The cells as elements: their places, without the name of a property, are the names of their
  /// parameters.
  public var customMirror: Mirror {
    Mirror(self, unlabeledChildren: cells, displayStyle: .collection)
  }
}
