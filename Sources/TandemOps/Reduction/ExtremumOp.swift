/// The largest or the smallest element along some axes.
///
/// Gradient: `dy`, shared equally among the elements that are chosen (as JAX and PyTorch's `amax`
/// and `amin`).
///
/// - Throws: `ShapeError` if there are no elements to choose from.
public protocol ExtremumOp: ReductionOp {}

extension ExtremumOp {
  public func outputTypes(for inputs: TensorTypes) throws(ShapeError) -> TensorTypes {
    try requireElements(inputs)
    return TensorTypes(try reduced(inputs[0], as: inputs[0].dtype))
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isFloatingPoint, inputs[0].dtype.isFloatingPoint else {
      return [nil]
    }
    let x = inputs[0]
    // Counted in float32 at least: float16 ends at 65,504.
    let wide = x.dtype.accumulating
    let chosen = (x .== outputs[0].keeping(axes, keptDims: keepDims)).cast(to: wide)
    let count = chosen.sum(axes: axes, keepDims: true)
    let share = dy.keeping(axes, keptDims: keepDims).cast(to: wide) / count
    return [(chosen * share).cast(to: x.dtype)]
  }
}
