// From an operator that has been launched to the tapes of this thread.

extension NDArray {
  /// Notes an operator on the tapes of this thread.
  ///
  /// - Parameter program: what computed it, if it was a kernel program.
  @_semantics("optimize.sil.specialize.generic.never")
  @inline(never)
  static func record<O: Op>(
    _ op: O, _ inputs: [NDArray], _ outputs: [NDArray], _ program: LaunchProgram?,
    at site: CallSite
  ) {
    guard let scope = Scope.current else { return }
    for tape in scope.tapes { tape.record(op, inputs, outputs, program, at: site) }
    scope.watch?.check(O.name, inputs, outputs, at: site)
  }

  /// The same for an elementwise operator without attributes on one or two arrays of one shape.
  @_semantics("optimize.sil.specialize.generic.never")
  @inline(never)
  static func recordElementwise<O: Op>(
    _ op: O, _ first: NDArray, _ second: NDArray?, _ result: NDArray, at site: CallSite
  ) {
    if let tape = Scope.soleTape {
      tape._withUnsafeGuaranteedRef {
        recordElementwise(op, first, second, result, on: $0, at: site)
      }
    } else {
      for tape in Scope.current?.tapes ?? [] {
        recordElementwise(op, first, second, result, on: tape, at: site)
      }
    }
    if Scope.isWatched {
      Scope.current?.watch?.check(
        O.name, [first] + (second.map { [$0] } ?? []), [result], at: site)
    }
  }

  /// Counting references would be most of the time here, so little is handed over that is counted.
  @_semantics("optimize.sil.specialize.generic.never")
  private static func recordElementwise<O: Op>(
    _ op: O, _ first: NDArray, _ second: NDArray?, _ result: NDArray, on tape: Tape,
    at site: CallSite
  ) {
    let values = (
      first.handle.links.value(on: tape), second?.handle.links.value(on: tape)
    )
    let wanted = (values.0 == nil ? 0 : 1) | (values.1 == nil ? 0 : 2)
    guard wanted != 0 else { return }
    let key = ElementwiseTable.key(
      ObjectIdentifier(O.self), first.dtype, !first.handle.isStored, second?.dtype,
      second.map { !$0.handle.isStored } ?? false)
    if let rule = tape.elementwiseRules.find(key, wanted, result.handle.layout.shape) {
      tape.record(rule, values, first.handle, second?.handle, result.handle, at: site)
    } else {
      let rule = elementwiseRule(op, first, second, result, wanted)
      tape.elementwiseRules.insert(rule, key, wanted, result.shape)
      tape.record(rule, values, first.handle, second?.handle, result.handle, at: site)
    }
  }

  @_semantics("optimize.sil.specialize.generic.never")
  private static func elementwiseRule<O: Op>(
    _ op: O, _ first: NDArray, _ second: NDArray?, _ result: NDArray, _ wanted: Int
  ) -> GradientRule {
    var inputs = TensorTypes(first.type)
    if let second { inputs.append(second.type) }
    return GradientRule.of(
      op, inputs: inputs, outputs: TensorTypes(result.type),
      wanted: inputs.indices.map { wanted >> $0 & 1 != 0 })
  }
}
