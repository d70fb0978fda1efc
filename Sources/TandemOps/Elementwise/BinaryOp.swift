/// An elementwise operator of two inputs, which broadcast.
public protocol BinaryOp: ElementwiseOp {
  /// The output's element.
  func element(_ a: LoopValue, _ b: LoopValue) -> LoopValue

  /// The gradients of both inputs, of the output's shape and dtype; the protocol sums them to the
  /// shapes of the inputs. `nil` where the gradient is zero everywhere.
  func gradients(_ a: Symbol, _ b: Symbol, _ y: Symbol, _ dy: Symbol) -> (Symbol?, Symbol?)
}

extension BinaryOp {
  public func element(_ inputs: [LoopValue]) -> LoopValue { element(inputs[0], inputs[1]) }

  public func gradient(
    _ inputs: Symbols, _ outputs: Symbols, _ cotangents: [Symbol?]
  ) -> [Symbol?] {
    guard let dy = cotangents[0] else { return [nil, nil] }
    let (da, db) = gradients(inputs[0], inputs[1], outputs[0], dy)
    return [
      da?.summed(to: inputs[0].shape).cast(to: inputs[0].dtype),
      db?.summed(to: inputs[1].shape).cast(to: inputs[1].dtype),
    ]
  }
}
