// What the softmax family shares: the largest element and the sum of exponentials along an axis.

extension Shape {
  /// The shape with one axis cut to length one.
  func keeping(_ axis: Int) -> Shape {
    var result = self
    result[axis] = 1
    return result
  }
}

/// Throws unless the first input is floating and has this axis.
func requireFloatingAxis(_ axis: Int, _ inputs: TensorTypes) throws(ShapeError) {
  try require((0..<inputs[0].rank).contains(axis), "no axis \(axis)", inputs)
  try require(inputs[0].dtype.isFloatingPoint, "needs floats", inputs)
  try require(inputs[0].shape[axis] > 0, "axis \(axis) is empty", inputs)
}

extension Lowering {
  /// Adds what computes `results` from `operands` along an axis in one pass over memory, if they
  /// lie so that there is such a thing.
  ///
  /// - Returns: whether it was added.
  mutating func softmaxRows(
    _ kind: SoftmaxRows.Kind, axis: Int, _ results: [Slot], _ operands: [Slot]
  ) -> Bool {
    let wholes = (results + operands).filter { $0.shape == operands[0].shape }
    guard SoftmaxRows.applies(to: wholes.map(\.layout), along: axis) else { return false }
    emit(SoftmaxRows(kind, axis: axis), results, operands)
    return true
  }

  /// Adds one pass or two that find, along an axis, the largest element and the sum of the
  /// exponentials of what each element lies below it; both wide, with the axis kept at length one.
  mutating func exponentialSum(of x: Slot, axis: Int) -> (largest: Slot, sum: Slot) {
    let wide = x.dtype.accumulating
    let type = TensorType(x.shape.keeping(axis), wide)
    let (largest, sum) = (temporary(type), temporary(type))
    if softmaxRows(.sums, axis: axis, [largest, sum], [x]) { return (largest, sum) }
    reduce(largest, [x], axes: [axis], by: .max) { $0[0].cast(to: wide) }
    reduce(sum, [x, largest.broadcast(to: x.shape)], axes: [axis], by: .sum) {
      ($0[0].cast(to: wide) - $0[1]).exp()
    }
    return (largest, sum)
  }
}
