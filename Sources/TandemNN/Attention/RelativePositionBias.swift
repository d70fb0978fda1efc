import Glibc

/// A learned number for each head and distance that attention adds to its products; far distances
/// share one, the farther the more.
///
/// - Parameters: `weight`, `[buckets, heads]`.
/// - Reference: Raffel et al., *Exploring the Limits of Transfer Learning with a Unified
///   Text-to-Text Transformer*, arXiv:1910.10683.
public struct RelativePositionBias: Sendable {
  public let weight: Parameter
  /// The distance from which on all are alike.
  public let farthest: Int
  /// Whether keys behind the query are told from those in front of it; else they count as near.
  public let isBidirectional: Bool

  /// - Parameters:
  ///   - heads: how many heads there are.
  ///   - buckets: how many distances are told apart, an even number.
  ///   - farthest: the distance from which on all are alike.
  ///   - isBidirectional: whether keys behind the query are told from those in front of it.
  public init(
    heads: Int, buckets: Int = 32, farthest: Int = 128, isBidirectional: Bool = true,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    requirePositive(["heads": heads, "buckets": buckets], of: "RelativePositionBias", at: site)
    let exact = buckets / (isBidirectional ? 4 : 2)
    if !buckets.isMultiple(of: isBidirectional ? 4 : 2) || farthest <= exact {
      fail(
        "RelativePositionBias: buckets must be a multiple of \(isBidirectional ? 4 : 2) and "
          + "farthest above \(exact): \(buckets), \(farthest)", at: site)
    }
    weight = Parameter(shape: [buckets, heads], initializer: .normal(standardDeviation: 0.02))
    (self.farthest, self.isBidirectional) = (farthest, isBidirectional)
  }

  /// What is added to the products, `[heads, queries, keys]`; the last query stands beside the last
  /// key.
  public func callAsFunction(queries: Int, keys: Int) -> NDArray {
    let table = weight.value
    let places = (keys - queries..<keys).flatMap { query in
      (0..<keys).map { Int32(bucket($0 - query, of: table.shape[0])) }
    }
    let indices = withDevice(table.device) { NDArray(places, shape: [queries, keys]) }
    return table.take(indices, axis: 0).transposed([2, 0, 1])
  }

  /// The bucket of a distance from query to key.
  func bucket(_ distance: Int, of buckets: Int) -> Int {
    let count = isBidirectional ? buckets / 2 : buckets
    let start = isBidirectional && distance > 0 ? count : 0
    let away = isBidirectional ? abs(distance) : max(-distance, 0)
    let exact = count / 2
    if away < exact { return start + away }
    let share =
      Float(log(Float(away) / Float(exact))) / Float(log(Double(farthest) / Double(exact)))
    return start + min(exact + Int(share * Float(count - exact)), count - 1)
  }
}
