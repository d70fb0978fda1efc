/// Runs `body` with float32 parameters narrowed when they are read, and with the inputs of layers:
/// products and activations are in 16 bits, while parameters, their gradients and what optimizers
/// remember stay float32 (master weights).
///
///     let loss = withPrecision(.bfloat16) {
///       record { softmaxCrossEntropy(model(x), labels).mean() }
///     }
///     loss.backward()
///     trainer.step()
///
/// Works the same inside of compiled regions. Norms, softmax and losses compute in float32 inside
/// of their operators whatever they are given. `bfloat16` has the range of float32; of small
/// gradients `float16` loses those under 6e-8.
///
/// - Parameter precision: a floating dtype, or `nil` for that of the parameters.
public func withPrecision<T, E: Error>(
  _ precision: DType?, file: StaticString = #fileID, line: UInt = #line, _ body: () throws(E) -> T
) throws(E) -> T {
  if let precision, !precision.isFloatingPoint {
    fail("withPrecision: needs floats, not \(precision)", at: CallSite(file, line))
  }
  var before: DType?
  return try Scope.with { scope in
    (before, scope.precision) = (scope.precision, precision)
  } leave: {
    $0.precision = before
  } _: { () throws(E) -> T in
    try body()
  }
}

extension NDArray {
  /// A float32 array in the precision of ``withPrecision(_:file:line:_:)``; any other as it is.
  package var atPrecision: NDArray {
    guard let precision = Scope.current?.precision, dtype == .float32 else { return self }
    return cast(to: precision)
  }
}
