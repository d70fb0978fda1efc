// What kernels need that read rows one after another: row-major operands of the dtype in which they
// compute, and results that are rounded once at the end.

extension Lowering {
  /// The elements of a slot in row-major order, as a dtype and under a shape of as many elements:
  /// the slot itself where it is that already.
  mutating func dense(_ slot: Slot, as dtype: DType, _ shape: Shape) -> Slot {
    let wide = converted(slot, to: dtype)
    let rows = wide.layout.isRowMajor ? wide : rowMajorCopy(wide)
    return rows.with(Layout(shape, strides: Layout(shape).stridesArray, offset: rows.layout.offset))
  }

  /// Where to compute an output as a dtype and under a shape of as many elements: the output itself
  /// if it is of that dtype, else a temporary, which ``store(_:to:)`` rounds.
  mutating func room(for output: Int, as dtype: DType, _ shape: Shape) -> Slot {
    let result = self.output(output)
    guard result.dtype == dtype, result.layout.isRowMajor else {
      return temporary(TensorType(shape, dtype))
    }
    return result.with(Layout(shape))
  }

  /// Writes an output that was computed in what ``room(for:as:_:)`` gave.
  mutating func store(_ slot: Slot, to output: Int) {
    let result = self.output(output)
    if slot.index != result.index {
      convert(slot.with(Layout(result.shape)), to: result)
    }
  }
}
