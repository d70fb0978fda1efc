import TandemEngine

// From an operator and arrays to work in the engine's queue. Nothing here looks at scopes.

extension NDArray {
  /// Queues an operator; its outputs are fresh arrays (or a view of the only input).
  ///
  /// - Throws: `ShapeError` if the inputs do not fit, with the operator's name.
  @_semantics("optimize.sil.specialize.generic.never")
  static func launch<O: Op>(
    _ op: O, _ inputs: [NDArray], at site: CallSite
  ) throws(ShapeError) -> [NDArray] {
    try requireComputed(op, inputs)
    if inputs.count == 1, let view = try view(op, inputs[0]) { return [view] }
    let program = try program(op, inputs)
    let outputs = program.kernel.outputs.map { output in
      ArrayHandle(
        Storage(byteCount: output.layout.shape.elementCount * output.dtype.byteCount),
        output.layout, output.dtype)
    }.map(NDArray.init)
    push(program, outputs: outputs, inputs: inputs, accepting: O.acceptsNumbers, at: site)
    return outputs
  }

  /// Queues an operator that overwrites existing arrays.
  ///
  /// - Parameters:
  ///   - targets: one for each output, of its type and of the layout that the operator chooses for
  ///     these inputs; each the only owner of its storage. A target may also be an input.
  /// - Throws: `ShapeError` if the inputs do not fit, with the operator's name.
  @_semantics("optimize.sil.specialize.generic.never")
  static func launch<O: Op>(
    _ op: O, _ inputs: [NDArray], into targets: [NDArray], at site: CallSite
  ) throws(ShapeError) {
    let program = try program(op, inputs)
    push(program, outputs: targets, inputs: inputs, accepting: O.acceptsNumbers, at: site)
  }

  /// The program of an operator for these inputs.
  @_semantics("optimize.sil.specialize.generic.never")
  static func program<O: Op>(
    _ op: O, _ inputs: [NDArray]
  ) throws(ShapeError) -> LaunchProgram {
    try ProgramCache.shared.program(op, inputs)
  }

  /// Refuses symbols, which have no memory.
  private static func requireComputed<O: Op>(_ op: O, _ inputs: [NDArray]) throws(ShapeError) {
    for input in inputs {
      if case .symbol = input.handle.content {
        throw ShapeError(
          "\(O.name): an array has left the traced region that it belongs to; return it from the "
            + "region: \(TensorTypes(inputs.lazy.map(\.type)))")
      }
    }
  }

  @_semantics("optimize.sil.specialize.generic.never")
  private static func view<O: Op>(
    _ op: O, _ input: NDArray
  ) throws(ShapeError) -> NDArray? {
    // The rule first: attributes that do not fit must not reach strides.
    let type = try op.checkedOutputTypes(for: TensorTypes(input.type))[0]
    guard let layout = op.view(of: input.handle.layout), let storage = input.storage else {
      return nil
    }
    return NDArray(ArrayHandle(storage, layout, type.dtype))
  }

  private static func push(
    _ program: LaunchProgram, outputs: [NDArray], inputs: [NDArray], accepting numbers: Bool,
    at site: CallSite
  ) {
    var arrays: [ProgramLaunch.Array] = []
    var scalars: [ScalarValue] = []
    var (reading, writing): ([Variable], [Variable]) = ([], [])
    for output in outputs {
      arrays.append(output.operand)
      if let storage = output.storage { writing.append(storage.variable) }
    }
    for input in inputs {
      if numbers, let number = input.number {
        scalars.append(number)
        arrays.append(ProgramLaunch.Array(storage: nil, byteOffset: 0))
      } else {
        let operand = input.operand
        arrays.append(operand)
        if let storage = operand.storage { reading.append(storage.variable) }
      }
    }
    let options = OperationOptions(
      isTiny: NDArray.isTiny(outputs, inputs),
      declaredBytes: outputs.reduce(0) { $0 + $1.type.byteCount })
    reading.withUnsafeBufferPointer { reading in
      writing.withUnsafeBufferPointer { writing in
        Engine.shared.push(
          ProgramLaunch(program, arrays: arrays, numbers: scalars),
          reading: VariableList(reading), writing: VariableList(writing), site: site.seenByUser,
          options: options)
      }
    }
  }

  private var operand: ProgramLaunch.Array {
    ProgramLaunch.Array(
      storage: storage, byteOffset: handle.layout.offset * dtype.byteCount)
  }

  /// Whether running the operation costs less than handing it to another thread.
  private static func isTiny(_ outputs: [NDArray], _ inputs: [NDArray]) -> Bool {
    (outputs + inputs).allSatisfy { $0.shape.elementCount <= Limits.tinyElementsMax }
  }
}
