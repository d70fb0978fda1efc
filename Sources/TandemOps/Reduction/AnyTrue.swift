/// Whether any element along some axes is other than zero; `numpy.any`.
///
/// Takes every dtype, gives bool; false for no elements; NaN is other than zero. No gradient flows.
public struct AnyTrue: ReductionOp, NonDifferentiableOp {
  public static let name = "any"

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
    lowering.reduce(lowering.output(0, keeping: axes), [lowering.input(0)], axes: axes, by: .any)
  }
}

extension ArrayExpression {
  /// Whether any element is other than zero over one axis (all if `nil`); see ``AnyTrue``.
  public func any(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    any(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// Whether any element is other than zero over several axes (all if `nil`); see ``AnyTrue``.
  public func any(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "any", at: site)
    return .apply(AnyTrue(axes: axes, keepDims: keepDims), self, at: site)
  }
}
