/// An elementwise operator of one input.
public protocol UnaryOp: ElementwiseOp {
  /// The output's element.
  func element(_ x: LoopValue) -> LoopValue

  /// dy/dx, from the input and the output; `nil` where the gradient is zero everywhere.
  func derivative(x: Symbol, y: Symbol) -> Symbol?
}

extension UnaryOp {
  public func element(_ inputs: [LoopValue]) -> LoopValue { element(inputs[0]) }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], let slope = derivative(x: inputs[0], y: outputs[0]) else {
      return [nil]
    }
    return [(dy * slope).cast(to: inputs[0].dtype)]
  }
}
