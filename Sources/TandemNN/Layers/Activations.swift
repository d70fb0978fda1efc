// Operators of one input without parameters are layers as they are: `ReLU()` in a `Sequential` is
// the operator itself.

extension ReLU: Layer {
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension Sigmoid: Layer {
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension Tanh: Layer {
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension GELU: Layer {
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension SiLU: Layer {
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension Softplus: Layer {
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}
