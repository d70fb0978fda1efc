/// Several layers that read the same input, their outputs joined along an axis, that of channels if
/// no other is named (Gluon's `HybridConcatenate`).
///
/// - Input: what the branches take. Output: `[batch, sum of channels, ...]`.
/// - Parameters: `branches.0`, `branches.1` and so on.
/// - Reference: Szegedy et al., *Going Deeper with Convolutions*, arXiv:1409.4842.
public struct Branches: ReportingLayer {
  /// What reads the input.
  public let branches: [any Layer]

  /// The axis along which the outputs are joined.
  public let axis: Int

  /// - Parameters:
  ///   - axis: along which the outputs are joined; may be counted from the end.
  ///   - branches: mostly one `Sequential` each.
  public init(axis: Int = 1, @LayerBuilder _ branches: () -> [any Layer]) {
    (self.axis, self.branches) = (axis, branches())
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let outputs = branches.enumerated().map { index, branch in
      LayerPlace.enter(branch, index: index) { branch(x) }
    }
    return .concatenated(outputs, axis: axis)
  }
}
