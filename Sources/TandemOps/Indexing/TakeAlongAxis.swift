/// For each element of the indices, the element of the array with that index along one axis;
/// `numpy.take_along_axis`. It undoes ``ArgSort``.
///
/// | value | shape |
/// | --- | --- |
/// | `x` | `[before..., n, after...]` |
/// | `indices` | `[before..., k, after...]`, int32 or int64, each in `-n..<n` |
/// | result | `[before..., k, after...]` |
///
/// - Complexity: O(count(result)).
public struct TakeAlongAxis: GatherOp {
  public static let name = "takeAlongAxis"

  /// The axis that the indices number, from the front.
  public let axis: Int

  public init(axis: Int) { self.axis = axis }

  public var form: IndexForm { .along(axis: axis) }
}

extension ArrayExpression {
  /// One element for each index along an axis; see ``TakeAlongAxis``.
  public func takeAlongAxis(
    _ indices: Self, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    return .apply(
      TakeAlongAxis(axis: self.axis(axis, of: "takeAlongAxis", at: site)), self,
      indices.asIndices(), at: site)
  }

  /// The array with one element for each index along an axis replaced: `numpy.put_along_axis` as a
  /// function. Values broadcast to the indices' shape; see ``Scatter``.
  public func puttingAlongAxis(
    _ indices: Self, _ values: Self, axis: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    scatter(values, along: indices, axis: axis, file: file, line: line)
  }
}
