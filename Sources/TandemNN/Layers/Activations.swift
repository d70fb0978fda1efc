// Operators of one input without parameters are layers as they are: `ReLU()` in a `Sequential` is
// the operator itself.

extension ReLU: ReportingLayer {
  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension Sigmoid: ReportingLayer {
  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension Tanh: ReportingLayer {
  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension GELU: ReportingLayer {
  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension SiLU: ReportingLayer {
  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}

extension Softplus: ReportingLayer {
  @_disfavoredOverload
  public func callAsFunction(_ x: NDArray) -> NDArray { .apply(self, x, at: .unknown) }
}
