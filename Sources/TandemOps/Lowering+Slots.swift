// Other shapes for slots: what operators need to hand arrays to primitives.

extension Lowering.Slot {
  /// The same array with a further axis of length one.
  func expanded(at axis: Int) -> Lowering.Slot { with(layout.inserting(axis: axis)) }

  /// The same array with two axes exchanged.
  func swapped(_ first: Int, _ second: Int) -> Lowering.Slot {
    var order = Array(0..<layout.rank)
    order.swapAt(first < 0 ? first + layout.rank : first, second < 0 ? second + layout.rank : second)
    return with(layout.permuted(order))
  }
}

extension Lowering {
  /// The elements of a slot under another shape: where strides can express it the same array, else
  /// a copy in row-major order.
  mutating func flattened(_ slot: Slot, to shape: Shape) -> Slot {
    if let layout = slot.layout.reshaped(shape) { return slot.with(layout) }
    return rowMajorCopy(slot).with(Layout(shape))
  }

  /// A temporary that holds the elements of a slot in row-major order.
  mutating func rowMajorCopy(_ slot: Slot) -> Slot {
    let result = temporary(TensorType(slot.shape, slot.dtype))
    copy(slot, to: result)
    return result
  }
}
