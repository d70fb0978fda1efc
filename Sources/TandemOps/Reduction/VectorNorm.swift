/// The Euclidean norm over some axes, `sqrt(Σ x²)`; `numpy.linalg.vector_norm`.
///
/// Integers and bool give float32; 16-bit floats are computed in float32. Squares may overflow.
/// Gradient: `dy · x / y`, zero where the norm is zero.
public struct VectorNorm: ReductionOp {
  public static let name = "norm"

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
    let result = lowering.output(0, keeping: axes)
    let wide = result.dtype.accumulating
    let sum = lowering.temporary(TensorType(result.shape, wide))
    lowering.reduce(sum, [lowering.input(0)], axes: axes, by: .sum) {
      let x = $0[0].cast(to: wide)
      return x * x
    }
    lowering.map([result], [sum]) { [$0[0].sqrt()] }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint, inputs[0].dtype.isFloatingPoint else {
      return [nil]
    }
    let x = inputs[0].widened
    let y =
      inputs[0].isNarrow
      ? x.norm(axes: axes, keepDims: true) : outputs[0].keeping(axes, keptDims: keepDims)
    let wide = dy.widened.keeping(axes, keptDims: keepDims)
    return [(x * (wide / .where(y .== 0, 1, y))).cast(to: inputs[0].dtype)]
  }
}

extension ArrayExpression {
  /// The Euclidean norm over one axis (all if `nil`); see ``VectorNorm``.
  public func norm(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    norm(axes: axis.map { [$0] }, keepDims: keepDims, file: file, line: line)
  }

  /// The Euclidean norm over several axes (all if `nil`); see ``VectorNorm``.
  public func norm(
    axes: [Int]?, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    let axes = self.axes(axes, of: "norm", at: site)
    return .apply(VectorNorm(axes: axes, keepDims: keepDims), self, at: site)
  }
}
