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
  /// The index that stands for no token: its row reads as zeros and gets no gradient.
  public let paddingIndex: Int?

  /// - Parameters:
  ///   - count: how many rows the table has.
  ///   - features: the length of a row.
  ///   - initializer: of the table.
  ///   - isSparse: whether the gradient of the table is row-sparse where that is possible; MXNet's
  ///     `sparse_grad`.
  ///   - paddingIndex: the index that stands for no token: it reads as zeros and its row gets no
  ///     gradient.
  public init(
    _ count: Int, features: Int, initializer: Initializer = .normal(standardDeviation: 1),
    isSparse: Bool = false, paddingIndex: Int? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["count": count, "features": features], of: "Embedding", at: site)
    if let paddingIndex, !(0..<count).contains(paddingIndex) {
      fail("Embedding: paddingIndex must be in 0..<\(count), got \(paddingIndex)", at: site)
    }
    weight = Parameter(shape: [count, features], initializer: initializer)
    (self.isSparse, self.paddingIndex) = (isSparse, paddingIndex)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray {
    let rows = isSparse ? weight.rows(x) : weight.value.take(x, axis: 0)
    guard let paddingIndex else { return rows }
    return .where((x .!= paddingIndex).expandingDims(at: x.rank), rows, 0)
  }

  /// The table as a layer of scores, `x weightᵀ`: the weight of a model's output tied to that of
  /// its input.
  ///
  /// - Parameter x: `[..., features]`.
  /// - Returns: `[..., count]`.
  /// - Reference: Press and Wolf, *Using the Output Embedding to Improve Language Models*,
  ///   arXiv:1608.05859.
  public func scores(
    _ x: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) { x.linear(weight.value) }
  }
}
