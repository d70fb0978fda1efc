/// The sum, mean or maximum of the rows that belong to the indices of a bag.
///
/// - Input: `[..., bag]`, int32 or int64, each in `0..<count`. Output: `[..., features]`.
/// - Parameters: `weight`, `[count, features]`.
///
/// Indices that stand for no token count for nothing; of a bag without others come zeros.
public struct EmbeddingBag: ReportingLayer {
  /// What a bag gives.
  public enum Mode: Sendable {
    case sum
    case mean
    case max
  }

  public let weight: Parameter
  /// What a bag gives.
  public let mode: Mode
  /// The index that stands for no token.
  public let paddingIndex: Int?
  /// Whether the gradient of the table is row-sparse where that is possible.
  public let isSparse: Bool

  /// - Parameters:
  ///   - count: how many rows the table has.
  ///   - features: the length of a row.
  ///   - mode: what a bag gives.
  ///   - paddingIndex: the index that stands for no token.
  ///   - isSparse: whether the gradient of the table is row-sparse where that is possible.
  ///   - initializer: of the table.
  public init(
    _ count: Int, features: Int, mode: Mode = .mean, paddingIndex: Int? = nil,
    isSparse: Bool = false, initializer: Initializer = .normal(standardDeviation: 1),
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["count": count, "features": features], of: "EmbeddingBag", at: site)
    if let paddingIndex, !(0..<count).contains(paddingIndex) {
      fail("EmbeddingBag: paddingIndex must be in 0..<\(count), got \(paddingIndex)", at: site)
    }
    weight = Parameter(shape: [count, features], initializer: initializer)
    (self.mode, self.paddingIndex, self.isSparse) = (mode, paddingIndex, isSparse)
  }

  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { bags(x, nil) }

  /// Sums in which each index has a weight of its own.
  ///
  /// - Parameters:
  ///   - x: `[..., bag]`.
  ///   - weights: of the indices, `[..., bag]`, floats.
  public func callAsFunction(
    _ x: NDArray, weights: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    LayerPlace.enter(self, at: CallSite(file, line)) {
      guard mode == .sum, weights.shape == x.shape else {
        fail(
          "embeddingBag: weights go with sums, one for each index: \(mode), "
            + "\(TensorTypes([x.type, weights.type]))", at: .unknown)
      }
      return bags(x, weights)
    }
  }

  private func bags(_ x: NDArray, _ weights: NDArray?) -> NDArray {
    guard x.rank > 0, x.shape[-1] > 0 else {
      fail("embeddingBag: needs [..., bag] with one index or more: \(x.type)", at: .unknown)
    }
    var rows = isSparse ? weight.rows(x) : weight.value.take(x, axis: 0)
    let counts = paddingIndex.map { (x .!= $0).expandingDims(at: x.rank) }  // [..., bag, 1]
    if let weights { rows = rows * weights.expandingDims(at: x.rank) }
    switch mode {
    case .sum, .mean:
      if let counts { rows = .where(counts, rows, 0) }
      guard mode == .mean else { return rows.sum(axis: -2) }
      guard let counts else { return rows.mean(axis: -2) }
      return rows.sum(axis: -2) / counts.cast(to: rows.dtype).sum(axis: -2).maximum(1)
    case .max:
      guard let counts else { return rows.max(axis: -2) }
      let largest = NDArray.where(counts, rows, -Double.infinity).max(axis: -2)
      return .where(counts.any(axis: -2), largest, 0)
    }
  }
}
