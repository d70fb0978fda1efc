/// The indices that put the elements in order along an axis, as int64; order as in ``Sort``;
/// `numpy.argsort`.
///
/// | value | shape |
/// | --- | --- |
/// | input | any with at least one axis, not complex |
/// | result | the input's |
public struct ArgSort: NonDifferentiableOp, Codable {
  public static let name = "argSort"

  public static var inputCounts: ClosedRange<Int> { 1...1 }

  /// The axis, from the front.
  public let axis: Int
  /// Whether the largest comes first.
  public let descending: Bool

  public init(axis: Int, descending: Bool = false) {
    (self.axis, self.descending) = (axis, descending)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireOrder(axis, inputs)
    return TensorTypes(TensorType(inputs[0].shape, .int64))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.emit(
      TandemKernels.ArgSort(axis: axis, descending: descending), [lowering.output(0)],
      [lowering.input(0)])
  }
}

extension ArrayExpression {
  /// The indices that put the elements in order along an axis; see ``ArgSort``.
  public func argSort(
    axis: Int = -1, descending: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    return .apply(
      ArgSort(axis: self.axis(axis, of: "argSort", at: site), descending: descending), self,
      at: site)
  }
}
