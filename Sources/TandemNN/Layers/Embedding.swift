/// One row of a table for each index.
///
/// - Input: `[...]`, int32 or int64, each in `0..<count`. Output: `[..., features]`.
/// - Parameters: `weight`, `[count, features]`.
///
/// The gradient adds up what belongs to one row in the order of the indices. A sparse one holds the
/// rows that were read alone, and rules change no others; see ``Parameter/rows(_:file:line:)``.
public struct Embedding: ReportingLayer {
  public let weight: Parameter
  /// Whether the gradient of the table is row-sparse where that is possible.
  public let isSparse: Bool

  /// - Parameters:
  ///   - count: how many rows the table has.
  ///   - features: the length of a row.
  ///   - initializer: of the table.
  ///   - isSparse: whether the gradient of the table is row-sparse where that is possible; MXNet's
  ///     `sparse_grad`.
  public init(
    _ count: Int, features: Int, initializer: Initializer = .normal(standardDeviation: 1),
    isSparse: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) {
    requirePositive(
      ["count": count, "features": features], of: "Embedding", at: CallSite(file, line))
    weight = Parameter(shape: [count, features], initializer: initializer)
    self.isSparse = isSparse
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    isSparse ? weight.rows(x) : weight.value.take(x, axis: 0)
  }
}
