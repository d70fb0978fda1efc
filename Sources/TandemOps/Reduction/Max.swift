/// The largest element along some axes; `numpy.max`.
///
/// Keeps the dtype; NaN if any element is NaN.
/// Gradient and complaints: ``ExtremumOp``.
public struct Max: ExtremumOp {
  public static let name = "max"

  /// The axes that are reduced, from the front, sorted.
  public let axes: [Int]
  /// Whether the axes stay, with length one.
  public let keepDims: Bool

  /// The operator with these attributes.
  public init(axes: [Int], keepDims: Bool = false) {
    (self.axes, self.keepDims) = (axes, keepDims)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.reduce(lowering.output(0, keeping: axes), [lowering.input(0)], axes: axes, by: .max)
  }
}

extension ArrayExpression {
  /// The largest element over one axis (all if `nil`); see ``Max``.
  public func max(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    max(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// The largest element over several axes (all if `nil`); see ``Max``.
  public func max(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "max", at: site)
    return .apply(Max(axes: axes, keepDims: keepDims), self, at: site)
  }
}
