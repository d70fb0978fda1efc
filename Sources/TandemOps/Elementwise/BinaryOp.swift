/// An elementwise operator of two inputs, which broadcast.
public protocol BinaryOp: ElementwiseOp {
  /// The output's element.
  func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue

  /// The gradients of both inputs, of the output's shape and dtype; the protocol sums them to the
  /// shapes of the inputs. `nil` where the gradient is zero everywhere.
  func gradients(_ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol) -> (Symbol?, Symbol?)
}

extension BinaryOp {
  public static var inputCounts: ClosedRange<Int> { 2...2 }

  public func element(_ inputs: [LoopValue]) -> LoopValue { element(inputs[0], inputs[1]) }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0], dy.dtype.isDifferentiable else { return [nil, nil] }
    let (da, db) = gradients(inputs[0], inputs[1], outputs[0], dy)
    return [da?.gradient(of: inputs[0]), db?.gradient(of: inputs[1])]
  }
}

extension BinaryOp where Self: NonDifferentiableOp {
  public func gradients(
    _ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol
  ) -> (Symbol?, Symbol?) { (nil, nil) }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] { [nil, nil] }
}

extension Symbol {
  /// A gradient of an operator's output, as the gradient of an input that was broadcast and
  /// converted: summed to its shape, in its dtype, of a real one the real part; `nil` for inputs
  /// through which no gradient flows.
  func gradient(of input: Symbol) -> Symbol? {
    guard input.dtype.isDifferentiable else { return nil }
    let sum = summed(to: input.shape)
    return (input.dtype.kind == .complex ? sum : sum.real).cast(to: input.dtype)
  }
}
