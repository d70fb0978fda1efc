import Glibc

/// A penalty for distance that attention adds to its products: head `h` of `n` subtracts
/// `2^(−8(h + 1) / n)` for each place between query and key.
///
/// Where `n` is no power of two, the slopes of the next lower one are followed by every other slope
/// of the next higher one.
///
/// - Reference: Press, Smith and Lewis, *Train Short, Test Long: Attention with Linear Biases*,
///   arXiv:2108.12409.
public struct ALiBi: Sendable {
  /// The penalty of each head for one place.
  public let slopes: [Double]

  /// - Parameter heads: how many heads there are.
  public init(heads: Int, file: StaticString = #fileID, line: UInt = #line) {
    requirePositive(["heads": heads], of: "ALiBi", at: CallSite(file, line))
    func powers(_ count: Int) -> [Double] {
      (1...count).map { pow(2, -8 * Double($0) / Double(count)) }
    }
    var lower = 1
    while lower * 2 <= heads { lower *= 2 }
    let further = powers(2 * lower).enumerated().filter { $0.offset.isMultiple(of: 2) }
    slopes = powers(lower) + further.prefix(heads - lower).map(\.element)
  }

  /// What is added to the products, `[heads, queries, keys]`; the last query stands beside the last
  /// key.
  public func callAsFunction(
    queries: Int, keys: Int, dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let rows: NDArray = .arange(keys - queries, keys).reshaped([queries, 1])
    let columns: NDArray = .arange(keys)
    let distance = (rows - columns).abs().cast(to: dtype)
    let falls = NDArray(slopes.map { -$0 }, shape: [slopes.count, 1, 1], dtype: dtype)
    return falls * distance
  }
}
