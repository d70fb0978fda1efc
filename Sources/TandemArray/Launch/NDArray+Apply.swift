// The single way into every operator, with its hooks: trace, record, precision, profile.

extension NDArray: ArrayExpression {
  public static func apply<O: Op>(_ op: O, _ input: NDArray, at site: CallSite) -> NDArray {
    if isEager, let result = elementwise(op, input, at: site) {
      if !Scope.isPlain { recordElementwise(op, input, nil, result, at: site) }
      return result
    }
    return apply(op, inputs: [input], at: site)[0]
  }

  public static func apply<O: Op>(
    _ op: O, _ lhs: NDArray, _ rhs: NDArray, at site: CallSite
  ) -> NDArray {
    if isEager {
      let result: NDArray? =
        switch (lhs.handle.literal, rhs.handle.literal) {
        case (nil, nil): elementwise(op, lhs, rhs, at: site)
        case (nil, let value?):
          elementwise(op, lhs, value.beside(lhs.dtype), numberFirst: false, at: site)
        case (let value?, nil):
          elementwise(op, rhs, value.beside(rhs.dtype), numberFirst: true, at: site)
        default: nil
        }
      if let result {
        if !Scope.isPlain {
          lhs.handle.isStored && rhs.handle.isStored
            ? recordElementwise(op, lhs, rhs, result, at: site)
            : recordElementwise(
              op, lhs.beside(rhs.dtype), rhs.beside(lhs.dtype), result, at: site)
        }
        return result
      }
    }
    return apply(op, inputs: [lhs, rhs], at: site)[0]
  }

  @_semantics("optimize.sil.specialize.generic.never")
  public static func apply<O: Op>(_ op: O, inputs: [NDArray], at site: CallSite) -> [NDArray] {
    do throws(ShapeError) {
      return try applying(op, inputs, at: site)
    } catch {
      fail(error.message, at: site)
    }
  }

  /// Applies an operator to arrays that came from outside: bad ones throw instead of stopping.
  ///
  /// - Throws: `ShapeError` if the inputs do not fit, with the operator's name.
  @_semantics("optimize.sil.specialize.generic.never")
  public static func applying<O: Op>(
    _ op: O, _ inputs: [NDArray], at site: CallSite
  ) throws(ShapeError) -> [NDArray] {
    let inputs = withLiteralsResolved(inputs)
    guard let scope = Scope.current else { return try launch(op, inputs, at: site).outputs }
    if let trace = scope.trace {
      let outputs = try trace.apply(op, inputs, at: site)
      record(op, inputs, outputs, nil, at: site)
      return outputs
    }
    let (outputs, program) = try launch(op, inputs, at: site)
    record(op, inputs, outputs, program, at: site)
    return outputs
  }

  /// Number literals become numbers of the dtype that they have beside the other inputs.
  private static func withLiteralsResolved(_ inputs: [NDArray]) -> [NDArray] {
    guard inputs.count > 1 else { return inputs }
    var hasLiterals = false
    for index in inputs.indices where inputs[index].isLiteral { hasLiterals = true }
    guard hasLiterals else { return inputs }
    let others = inputs.filter { !$0.isLiteral }
    guard let first = others.first else { return inputs }
    let dtype = others.dropFirst().reduce(first.dtype) { $0.promoted(with: $1.dtype) }
    return inputs.map { $0.beside(dtype) }
  }

  /// Whether operations of this thread are computed, not traced.
  @inline(__always)
  static var isEager: Bool { Scope.isPlain || !Scope.isTracing }

  public func constant(_ value: ScalarValue) -> NDArray { NDArray(ArrayHandle(value)) }
}
