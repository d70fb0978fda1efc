/// Two cells, one of which reads a sequence from its end; their outputs stand behind one another.
///
/// It has no single step, as the other cell would have to know what comes; sequences go through
/// `unroll` and `run`.
///
/// - State: that of `forward`, then that of `backward`.
/// - Parameters: those of the cells, under `forward` and `backward`.
/// - Reference: Schuster and Paliwal, *Bidirectional Recurrent Neural Networks*, 1997.
public struct BidirectionalCell: RecurrentCell {
  /// Reads from the start.
  public let forward: any RecurrentCell
  /// Reads from the end.
  public let backward: any RecurrentCell

  /// - Parameters:
  ///   - forward: reads from the start.
  ///   - backward: reads from the end.
  public init(_ forward: any RecurrentCell, _ backward: any RecurrentCell) {
    (self.forward, self.backward) = (forward, backward)
  }

  public var stateWidths: [Int] { forward.stateWidths + backward.stateWidths }

  public var outputWidth: Int? {
    guard let first = forward.outputWidth, let second = backward.outputWidth else { return nil }
    return first + second
  }

  public func step(_ x: NDArray, from state: [NDArray]) -> RecurrentResult {
    fail("BidirectionalCell: has no single step; use unroll or run", at: .unknown)
  }

  public func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult {
    let count = forward.stateWidths.count
    let first = forward.sequence(x, from: Array(state.prefix(count)))
    let second = backward.sequence(x.reversed, from: Array(state.dropFirst(count)))
    let turned = x.with(second.output).reversed.values
    return RecurrentResult(
      output: .concatenated([first.output, turned], axis: -1), state: first.state + second.state)
  }
}
