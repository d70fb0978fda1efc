/// The smallest element along some axes; `numpy.min`.
///
/// Keeps the dtype; NaN if any element is NaN.
/// Gradient and complaints: ``ExtremumOp``.
public struct Min: ExtremumOp {
  public static let name = "min"

  /// The axes that are reduced, from the front, sorted.
  public let axes: [Int]
  /// Whether the axes stay, with length one.
  public let keepDims: Bool

  /// The operator with these attributes.
  public init(axes: [Int], keepDims: Bool = false) {
    (self.axes, self.keepDims) = (axes, keepDims)
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.reduce(lowering.output(0, keeping: axes), [lowering.input(0)], axes: axes, by: .min)
  }
}

extension ArrayExpression {
  /// The smallest element over one axis (all if `nil`); see ``Min``.
  public func min(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    min(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// The smallest element over several axes (all if `nil`); see ``Min``.
  public func min(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "min", at: site)
    return .apply(Min(axes: axes, keepDims: keepDims), self, at: site)
  }
}
