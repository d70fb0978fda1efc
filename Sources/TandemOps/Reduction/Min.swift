/// The smallest element along some axes; `numpy.min`.
///
/// Keeps the dtype; NaN if any element is NaN.
/// Gradient: `dy`, shared equally among the elements that are smallest (as JAX and PyTorch's
/// `amin`).
///
/// - Throws: `ShapeError` if there are no elements to choose from.
public struct Min: ReductionOp {
  public static let name = "min"

  /// The axes that are reduced, from the front, sorted.
  public let axes: [Int]
  /// Whether the axes stay, with length one.
  public let keepDims: Bool

  /// The operator with these attributes.
  public init(axes: [Int], keepDims: Bool = false) {
    (self.axes, self.keepDims) = (axes, keepDims)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireElements(inputs)
    return TensorTypes(try reduced(inputs[0], as: inputs[0].dtype))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    lowering.reduce(lowering.output(0, keeping: axes), [lowering.input(0)], axes: axes, by: .min)
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint, inputs[0].dtype.isFloatingPoint else {
      return [nil]
    }
    let x = inputs[0]
    let chosen = (x .== outputs[0].keeping(axes, keptDims: keepDims)).cast(to: x.dtype)
    let share = dy.keeping(axes, keptDims: keepDims) / chosen.sum(axes: axes, keepDims: true)
    return [chosen * share]
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
