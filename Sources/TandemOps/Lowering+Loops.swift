// Loop programs: elementwise work, reductions, and several results in one pass.

extension Lowering {
  /// Adds one pass over the elements of `results`, which all have one shape, to which the operands
  /// are broadcast.
  ///
  /// - Parameter body: builds the results' elements from the operands' elements.
  public mutating func map(
    _ results: [Slot], _ operands: [Slot], _ body: ([LoopValue]) -> [LoopValue]
  ) {
    let builder = LoopBuilder()
    let elements = operands.map {
      $0.scalar == nil ? builder.input($0.dtype) : builder.scalar($0.dtype)
    }
    for (value, result) in zip(body(elements), results) { builder.output(value, as: result.dtype) }
    let shape = results[0].shape
    emit(
      LoopPrimitive(builder.build()), results,
      operands.map { $0.scalar == nil ? $0.broadcast(to: shape) : $0 })
  }

  /// Adds a reduction of what `body` makes of the operands' elements.
  ///
  /// - Parameters:
  ///   - result: its axes that are reduced have length one.
  ///   - operands: all of one shape, to which scalars are no exception: they have no shape.
  ///   - axes: the axes that are reduced, from the front, sorted.
  public mutating func reduce(
    _ result: Slot, _ operands: [Slot], axes: [Int], by reduction: Reduction,
    _ body: ([LoopValue]) -> LoopValue = { $0[0] }
  ) {
    let builder = LoopBuilder()
    let elements = operands.map {
      $0.scalar == nil ? builder.input($0.dtype) : builder.scalar($0.dtype)
    }
    builder.output(body(elements), as: result.dtype, reducing: reduction)
    emit(LoopPrimitive(builder.build(), reducing: axes), [result], operands)
  }
}
