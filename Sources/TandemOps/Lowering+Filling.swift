// Steps that move or make plain elements.

extension Lowering {
  /// Adds writing one value to all elements.
  mutating func fill(_ target: Slot, with value: ScalarValue) {
    if target.dtype.kind == .complex {
      fill(target.real, with: ScalarValue(value.double, target.dtype.part))
      return fill(target.imaginary, with: ScalarValue(0, target.dtype.part))
    }
    let builder = LoopBuilder()
    builder.output(builder.constant(value), as: target.dtype)
    emit(LoopPrimitive(builder.build()), [target], [])
  }

  /// Adds a copy into a target of the same shape, which may have another dtype.
  mutating func convert(_ source: Slot, to target: Slot) {
    if source.dtype == target.dtype && source.scalar == nil {
      copy(source, to: target)
    } else if target.dtype.kind == .complex {
      mapComplex(target, [source]) { $0[0].cast(to: target.dtype.part) }
    } else {
      map([target], [source]) { [$0[0].cast(to: target.dtype)] }
    }
  }

  /// The elements as another dtype: the slot itself if it has it, else a converted temporary.
  mutating func converted(_ source: Slot, to dtype: DType) -> Slot {
    if source.dtype == dtype && source.scalar == nil { return source }
    let target = temporary(TensorType(source.shape, dtype))
    convert(source, to: target)
    return target
  }
}
