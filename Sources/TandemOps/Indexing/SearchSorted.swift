/// Where values would go into an array that is in order, as int64; `numpy.searchsorted`.
///
/// | value | shape |
/// | --- | --- |
/// | in order | `[n]` |
/// | values | any, of the same dtype |
/// | result | that of the values; each in `0...n` |
///
/// - Complexity: O(n + count(values) · log n).
public struct SearchSorted: NonDifferentiableOp, Codable {
  public static let name = "searchSorted"

  public static var inputCounts: ClosedRange<Int> { 2...2 }

  /// Whether a value goes after the elements that equal it.
  public let right: Bool

  public init(right: Bool = false) { self.right = right }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try require(inputs[0].rank == 1, "what is searched needs one axis", inputs)
    try require(inputs[0].dtype == inputs[1].dtype, "dtypes differ", inputs)
    try requireOrder(0, inputs)
    return TensorTypes(TensorType(inputs[1].shape, .int64))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.SearchSorted(right: right), [lowering.output(0)],
      [lowering.input(0), lowering.input(1)])
  }
}

extension ArrayExpression {
  /// Where `values` would go into this array, which is in order; see ``SearchSorted``.
  public func searchSorted(
    _ values: Self, right: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let common = dtype.promoted(with: values.dtype)
    return .apply(
      SearchSorted(right: right), cast(to: common), values.cast(to: common),
      at: CallSite(file, line))
  }
}
