/// An elementwise operator of one input.
public protocol UnaryOp: ElementwiseOp {
  /// The output's element.
  func element(_ x: LoopValue) -> LoopValue

  /// dy/dx, from the input and the output; `nil` where the gradient is zero everywhere.
  func derivative(x: Symbol, y: Symbol) -> Symbol?

  /// The gradient of the input from that of the output: `dy` times the derivative (conjugated
  /// if complex), unless the operator knows a shorter way.
  func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol?
}

extension UnaryOp {
  public static var inputCounts: ClosedRange<Int> { 1...1 }

  public func element(_ inputs: [LoopValue]) -> LoopValue { element(inputs[0]) }

  public func derivative(x: Symbol, y: Symbol) -> Symbol? { nil }

  public func pullback(x: Symbol, y: Symbol, dy: Symbol) -> Symbol? {
    derivative(x: x, y: y).map { dy * $0.conjugated }
  }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], inputs[0].dtype.isDifferentiable else { return [nil] }
    return [pullback(x: inputs[0], y: outputs[0], dy: dy)?.cast(to: inputs[0].dtype)]
  }
}

extension Symbol {
  /// The numbers in float32 if they are 16-bit floats: for rules of gradients whose way to a result
  /// leaves the range of those where the result does not, or loses their few digits.
  var widened: Symbol { cast(to: dtype.accumulating) }

  /// Whether the numbers are 16-bit floats, so that a rule widens them: it computes a result that
  /// it needs again then, as that of the operator is rounded, or infinite.
  var isNarrow: Bool { dtype.accumulating != dtype }
}

extension UnaryOp where Self: NonDifferentiableOp {
  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [nil] }
}
