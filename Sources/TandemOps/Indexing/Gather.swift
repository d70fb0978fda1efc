/// Elements, or slices, picked by several index arrays along the first axes; `x[i, j]` in NumPy.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[n0, n1, ..., rest...]` |
/// | `count` index arrays | shapes that broadcast to `[picked...]`, int32 or int64 |
/// | result | `[picked..., rest...]` |
///
/// - Complexity: O(count(result)).
public struct Gather: GatherOp {
  public static let name = "gather"

  /// How many leading axes are indexed.
  public let count: Int

  public init(count: Int) { self.count = count }

  public var form: IndexForm { .leading(count: count) }
}

extension ArrayExpression {
  /// Elements picked by one index array for each leading axis; see ``Gather``.
  public func gather(
    _ indices: [Self], file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    Self.apply(
      Gather(count: indices.count), inputs: [self] + indices.map { $0.asIndices() },
      at: CallSite(file, line))[0]
  }
}
