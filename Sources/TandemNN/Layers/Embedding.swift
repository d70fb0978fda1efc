/// One row of a table for each index.
///
/// - Input: `[...]`, int32 or int64, each in `0..<count`. Output: `[..., features]`.
/// - Parameters: `weight`, `[count, features]`.
///
/// The gradient adds up what belongs to one row in the order of the indices.
public struct Embedding: ReportingLayer {
  public let weight: Parameter

  /// - Parameters:
  ///   - count: how many rows the table has.
  ///   - features: the length of a row.
  ///   - initializer: of the table.
  public init(
    _ count: Int, features: Int, initializer: Initializer = .normal(standardDeviation: 1),
    file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["count": count, "features": features], of: "Embedding", at: CallSite(file, line))
    weight = Parameter(shape: [count, features], initializer: initializer)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    weight.value.take(x, axis: 0)
  }
}
