// Complex arrays as pairs of real ones.

extension Lowering.Slot {
  /// The real parts of a complex array: every second float of its memory. Of a number its dtype
  /// alone.
  public var real: Lowering.Slot { part(0) }

  /// The imaginary parts of a complex array.
  public var imaginary: Lowering.Slot { part(1) }

  private func part(_ place: Int) -> Lowering.Slot {
    var pairs = layout
    pairs.offset = 2 * layout.offset + place
    for axis in 0..<layout.rank { pairs.setStride(2 * layout.stride(axis), of: axis) }
    return Lowering.Slot(index: index, layout: pairs, dtype: dtype.part, scalar: scalar)
  }
}

extension Lowering {
  /// Adds one pass over elements that may be complex.
  ///
  /// - Parameters:
  ///   - result: real or complex; of a real one the real part of what `body` builds is kept.
  ///   - operands: real or complex, broadcast to the shape of `result`.
  ///   - body: builds the element from those of the operands, which have their own dtypes, or those
  ///     of their parts.
  public mutating func mapComplex(
    _ result: Slot, _ operands: [Slot],
    _ body: ([ComplexLoopValue]) -> ComplexLoopValue
  ) {
    let results = result.dtype.kind == .complex ? [result.real, result.imaginary] : [result]
    let isPair = operands.map { $0.dtype.kind == .complex && $0.scalar == nil }
    let parts = zip(operands, isPair).flatMap {
      $1 ? [$0.real, $0.imaginary] : $0.dtype.kind == .complex ? [$0.real] : [$0]
    }
    map(results, parts) { elements in
      var next = elements[...]
      let value = body(
        isPair.map {
          let real = next.removeFirst()
          return $0 ? ComplexLoopValue(real, next.removeFirst()) : ComplexLoopValue(real)
        })
      return results.count == 1 ? [value.real] : [value.real, value.imaginary]
    }
  }
}
