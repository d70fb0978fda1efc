// What the formulas of several rules share.

extension UpdateStep {
  /// `1 − bᵗ` of step `t`: what a running mean that started at zero is divided by.
  func correction(_ name: String) -> NDArray {
    narrowed(1 - exact(name).power(exact("stepCount")))
  }

  /// Decoupled weight decay: multiplies the value by `1 − learningRate · weightDecay`.
  mutating func decay() {
    value = value * narrowed(1 - exact("learningRate") * exact("weightDecay"))
  }
}

extension NDArray {
  /// The Euclidean length of all elements.
  var length: NDArray { squared().sum().sqrt() }

  /// How much longer this is than a step; one where a length is zero.
  func trustRatio(to step: NDArray) -> NDArray {
    let (own, other) = (length, step.length)
    return NDArray.where((own .> 0).logicalAnd(other .> 0), own / other, 1)
  }
}
