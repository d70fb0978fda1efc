// The single way into every operator, with its hooks: trace, record, precision, profile.

extension NDArray: ArrayExpression {
  public static func apply<O: Op>(_ op: O, _ input: NDArray, at site: CallSite) -> NDArray {
    if isEager, let result = elementwise(op, input, at: site) {
      if !Scope.isPlain { record(op, [input], [result], at: site) }
      return result
    }
    return apply(op, inputs: [input], at: site)[0]
  }

  public static func apply<O: Op>(
    _ op: O, _ lhs: NDArray, _ rhs: NDArray, at site: CallSite
  ) -> NDArray {
    if isEager, let result = elementwise(op, lhs, rhs, at: site) {
      if !Scope.isPlain { record(op, [lhs, rhs], [result], at: site) }
      return result
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
    guard let scope = Scope.current else { return try launch(op, inputs, at: site) }
    let outputs =
      if let trace = scope.trace { try trace.apply(op, inputs) } else {
        try launch(op, inputs, at: site)
      }
    record(op, inputs, outputs, at: site)
    return outputs
  }

  /// Whether operations of this thread are computed, not traced.
  @inline(__always)
  private static var isEager: Bool { Scope.isPlain || Scope.current?.trace == nil }

  /// Notes an operator on the tapes of this thread.
  @_semantics("optimize.sil.specialize.generic.never")
  @inline(never)
  private static func record<O: Op>(
    _ op: O, _ inputs: [NDArray], _ outputs: [NDArray], at site: CallSite
  ) {
    for tape in Scope.current?.tapes ?? [] { tape.record(op, inputs, outputs, at: site) }
  }

  public func constant(_ value: ScalarValue) -> NDArray { NDArray(ArrayHandle(value)) }
}
