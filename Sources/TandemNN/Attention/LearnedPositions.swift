/// Adds a learned vector of its place to each vector.
///
/// - Input: `[..., time, features]` with at most `context` steps. Output: the same.
/// - Parameters: `weight`, `[context, features]`.
public struct LearnedPositions: ReportingLayer {
  public let weight: Parameter

  /// - Parameters:
  ///   - context: the longest sequence.
  ///   - features: the length of a vector.
  ///   - initializer: of the vectors.
  public init(
    _ context: Int, features: Int, initializer: Initializer = .normal(standardDeviation: 0.02),
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["context": context, "features": features], of: "LearnedPositions", at: CallSite(file, line))
    weight = Parameter(shape: [context, features], initializer: initializer)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { added(x, 0) }

  /// The same from a place on.
  public func callAsFunction(
    _ x: NDArray, offset: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) { added(x, offset) }
  }

  private func added(_ x: NDArray, _ offset: Int) -> NDArray {
    let table = weight.value
    let end = offset + (x.rank < 2 ? 0 : x.shape[-2])
    guard x.rank >= 2, end <= table.shape[0] else {
      fail(
        "learnedPositions: needs [..., time, features] with at most \(table.shape[0]) steps, from "
          + "\(offset) on: \(x.type)", at: .unknown)
    }
    return x
      + (end - offset == table.shape[0] ? table : table.sliced(axis: 0, from: offset, to: end))
  }
}
