/// The mean over some axes; `numpy.mean`.
///
/// Integers and bool give float32; 16-bit floats are summed in float32. The mean of nothing is NaN.
/// Gradient: `dy / count`.
public struct Mean: ReductionOp {
  public static let name = "mean"

  public static var acceptsComplex: Bool { true }

  /// The axes that are reduced, from the front, sorted.
  public let axes: [Int]
  /// Whether the axes stay, with length one.
  public let keepDims: Bool

  /// The operator with these attributes.
  public init(axes: [Int], keepDims: Bool = false) {
    (self.axes, self.keepDims) = (axes, keepDims)
  }

  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    TensorTypes(try reduced(inputs[0], as: inputs[0].dtype.floating))
  }

  public func lower(_ inputs: TensorTypes, to lowering: inout Lowering) {
    let (result, x) = (lowering.output(0, keeping: axes), lowering.input(0))
    guard x.dtype.kind == .complex else { return lower(x, to: result, inputs, &lowering) }
    lower(x.real, to: result.real, inputs, &lowering)
    lower(x.imaginary, to: result.imaginary, inputs, &lowering)
  }

  private func lower(
    _ x: Lowering.Slot, to result: Lowering.Slot, _ inputs: TensorTypes,
    _ lowering: inout Lowering
  ) {
    let wide = result.dtype.accumulating
    let sum = lowering.temporary(TensorType(result.shape, wide))
    lowering.reduce(sum, [x], axes: axes, by: .sum) { $0[0].cast(to: wide) }
    let count = Double(count(in: inputs[0]))
    lowering.map([result], [sum]) { [$0[0] / $0[0].constant(count)] }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isDifferentiable, inputs[0].dtype.isDifferentiable else {
      return [nil]
    }
    // The count may be more than float16 holds.
    let shared = dy.cast(to: dy.dtype.accumulating) / Double(count(in: inputs[0].type))
    return [shared.cast(to: dy.dtype).spread(over: axes, of: inputs[0].shape, keptDims: keepDims)]
  }
}

extension ArrayExpression {
  /// The mean over one axis (all if `nil`); see ``Mean``.
  public func mean(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    mean(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// The mean over several axes (all if `nil`); see ``Mean``.
  public func mean(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "mean", at: site)
    return .apply(Mean(axes: axes, keepDims: keepDims), self, at: site)
  }
}
