/// Drops elements of its input at random in training, others at each step; it has no state.
public struct DropoutCell: RecurrentCell {
  /// What drops.
  public let dropout: Dropout

  /// - Parameter probability: with which an element becomes zero; from 0 to below 1.
  public init(_ probability: Double, file: StaticString = #fileID, line: UInt = #line) {
    dropout = Dropout(probability, file: file, line: line)
  }

  public var stateWidths: [Int] { [] }
  public var outputWidth: Int? { nil }

  public func step(_ x: NDArray, from state: [NDArray]) -> RecurrentResult {
    RecurrentResult(output: dropout.callAsFunction(x), state: [])
  }

  public func sequence(_ x: RecurrentInput, from state: [NDArray]) -> RecurrentResult {
    RecurrentResult(output: dropout.callAsFunction(x.values), state: [])
  }
}
