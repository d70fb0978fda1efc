import TandemNN

/// A dense layer, each output of which is let through by a gate: `(x Wᵀ) · sigmoid(x Vᵀ + b)`.
struct GatedDense: Layer {
  let value: Dense
  let gate: Dense
  let strength = Parameter(shape: [], initializer: .ones)

  init(_ outputs: Int) {
    (value, gate) = (Dense(outputs, hasBias: false), Dense(outputs))
  }

  func callAsFunction(_ x: NDArray) -> NDArray { value(x) * (gate(x) * strength.value).sigmoid() }
}
