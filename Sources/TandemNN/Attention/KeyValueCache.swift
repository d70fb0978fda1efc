/// The keys and values of the steps that attention has seen, so that the next step computes its own
/// alone.
///
///     var caches = model.caches()
///     let scores = model(prompt, caches: &caches)  // [batch, time, vocabulary]
///     let next = model(token, caches: &caches)  // [batch, 1, vocabulary]
///
/// What a step gives is what the whole sequence gives at its place, up to rounding: products of
/// other shapes are added up in another order.
public struct KeyValueCache: Sendable {
  /// `[batch, key heads, steps, features]`; `nil` before the first step.
  public private(set) var keys: NDArray?
  /// `[batch, key heads, steps, features]`.
  public private(set) var values: NDArray?
  /// How many steps were seen, those that are kept no more included.
  public private(set) var count = 0
  /// How many steps are kept, and how far a step sees; all if `nil`.
  public let capacity: Int?

  /// - Parameter capacity: how many steps are kept, and how far a step sees; all if `nil`.
  public init(capacity: Int? = nil, file: StaticString = #fileID, line: UInt = #line) {
    requirePositive(["capacity": capacity ?? 1], of: "KeyValueCache", at: CallSite(file, line))
    self.capacity = capacity
  }

  /// Takes further steps.
  ///
  /// - Returns: what these steps are to look at: everything that was kept, and themselves.
  public mutating func append(
    keys newKeys: NDArray, values newValues: NDArray, file: StaticString = #fileID,
    line: UInt = #line
  ) -> (keys: NDArray, values: NDArray) {
    let site = CallSite(file, line)
    let allKeys = joined(keys, newKeys, at: site)
    let allValues = joined(values, newValues, at: site)
    count += newKeys.shape[2]
    let excess = max(0, allKeys.shape[2] - (capacity ?? .max))
    // Copied, so that the steps before them do not stay in memory.
    (keys, values) =
      excess == 0
      ? (allKeys, allValues)
      : (
        allKeys.sliced(axis: 2, from: excess).contiguous(),
        allValues.sliced(axis: 2, from: excess).contiguous()
      )
    return (allKeys, allValues)
  }

  private func joined(_ old: NDArray?, _ new: NDArray, at site: CallSite) -> NDArray {
    guard new.rank == 4 else {
      fail("keyValueCache: needs [batch, heads, time, features]: \(new.type)", at: site)
    }
    guard let old else { return new }
    let fits =
      old.dtype == new.dtype && [0, 1, 3].allSatisfy { old.shape[$0] == new.shape[$0] }
    if !fits {
      fail("keyValueCache: holds other steps: \(TensorTypes([old.type, new.type]))", at: site)
    }
    return .concatenated([old, new], axis: 2)
  }
}
