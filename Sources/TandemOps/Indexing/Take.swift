/// Slices of an array along one axis, picked by an array of indices; `numpy.take`.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[before..., n, after...]` |
/// | `indices` | any, int32 or int64, each in `-n..<n` |
/// | result | `[before..., indices..., after...]` |
///
/// - Complexity: O(count(result)).
public struct Take: GatherOp {
  public static let name = "take"

  /// The axis that the indices number, from the front.
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public var form: IndexForm { .rows(axis: axis) }
}

extension ArrayExpression {
  /// Slices picked by indices along an axis; with no axis, elements of the flattened array. See
  /// ``Take``.
  public func take(
    _ indices: Self, axis: Int? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    guard let axis else {
      let flat = reshaped([count], file: file, line: line)
      return .apply(Take(axis: 0), flat, indices.asIndices(), at: site)
    }
    return .apply(
      Take(axis: self.axis(axis, of: "take", at: site)), self, indices.asIndices(), at: site)
  }
}
