// What losses ask of their arrays.

/// Stops with a message unless predictions are floats and targets have their shape.
func requireSameShapes(
  _ loss: String, _ prediction: NDArray, _ others: NDArray..., at site: CallSite
) {
  let all = [prediction] + others
  let types = all.map { "\($0.type)" }.joined(separator: ", ")
  if !prediction.dtype.isFloatingPoint {
    fail("\(loss): predictions need floats: \(types)", at: site)
  }
  if others.contains(where: { $0.shape != prediction.shape }) {
    fail("\(loss): shapes differ: \(types)", at: site)
  }
}

/// Stops with a message unless scores are `[..., classes]` and labels `[...]`, integers.
func requireClasses(_ loss: String, _ scores: NDArray, _ labels: NDArray, at site: CallSite) {
  let types = "\(scores.type), \(labels.type)"
  guard scores.rank >= 1, scores.dtype.isFloatingPoint else {
    fail("\(loss): needs floats with an axis of classes: \(types)", at: site)
  }
  guard labels.dtype.isInteger, labels.shape == Shape(scores.shape.array.dropLast().map { $0 })
  else {
    fail("\(loss): labels need integers and the shape without classes: \(types)", at: site)
  }
}

/// Stops with a message unless a number satisfies what is asked of it.
func requireLoss(
  _ loss: String, _ isRight: Bool, _ words: String, _ number: Double, at site: CallSite
) {
  if !isRight { fail("\(loss): \(words), got \(number)", at: site) }
}
