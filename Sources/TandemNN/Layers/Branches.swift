/// Several layers that read the same input, their outputs joined along the axis of channels.
///
/// - Input: what the branches take. Output: `[batch, sum of channels, ...]`.
/// - Parameters: `branches.0`, `branches.1` and so on.
/// - Reference: Szegedy et al., *Going Deeper with Convolutions*, arXiv:1409.4842.
public struct Branches: ReportingLayer {
  /// What reads the input.
  public let branches: [any Layer]

  /// - Parameter branches: mostly one `Sequential` each.
  public init(@LayerBuilder _ branches: () -> [any Layer]) { self.branches = branches() }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let outputs = branches.enumerated().map { index, branch in
      LayerPlace.enter(branch, index: index) { branch(x) }
    }
    return .concatenated(outputs, axis: 1)
  }
}
