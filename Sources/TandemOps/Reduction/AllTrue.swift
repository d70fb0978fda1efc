/// Whether all elements along some axes are other than zero; `numpy.all`.
///
/// Takes every dtype, gives bool; true for no elements; NaN is other than zero. No gradient flows.
public struct AllTrue: ReductionOp, NonDifferentiableOp {
  public static let name = "all"

  /// The axes that are reduced, from the front, sorted.
  public let axes: [Int]
  /// Whether the axes stay, with length one.
  public let keepDims: Bool

  /// The operator with these attributes.
  public init(axes: [Int], keepDims: Bool = false) {
    (self.axes, self.keepDims) = (axes, keepDims)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    TensorTypes(try reduced(inputs[0], as: .bool))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.reduce(lowering.output(0, keeping: axes), [lowering.input(0)], axes: axes, by: .all)
  }
}

extension ArrayExpression {
  /// Whether all elements are other than zero over one axis (all if `nil`); see ``AllTrue``.
  public func all(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    all(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// Whether all elements are other than zero over several axes (all if `nil`); see ``AllTrue``.
  public func all(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "all", at: site)
    return .apply(AllTrue(axes: axes, keepDims: keepDims), self, at: site)
  }
}
