import TandemEngine

// From an operator and arrays to work in the engine's queue. Nothing here looks at scopes.

extension NDArray {
  /// Queues an operator; its outputs are fresh arrays (or a view of the only input).
  ///
  /// - Returns: the outputs, and what computes them unless they are views.
  /// - Throws: `ShapeError` if the inputs do not fit, with the operator's name.
  @_semantics("optimize.sil.specialize.generic.never")
  static func launch<O: Op>(
    _ op: O, _ inputs: [NDArray], at site: CallSite
  ) throws(ShapeError) -> (outputs: [NDArray], program: LaunchProgram?) {
    let device = try requireComputed(op, inputs)
    if O.isView, let view = try view(op, inputs[0]) { return ([view], nil) }
    let program = try program(op, inputs)
    let outputs = program.kernel.outputs.map { output in
      NDArray(
        ArrayHandle(
          Storage(
            byteCount: output.layout.shape.elementCount * output.dtype.byteCount, device: device),
          output.layout, output.dtype))
    }
    push(
      program, on: device, outputs: outputs, inputs: inputs, accepting: O.acceptsNumbers, at: site)
    return (outputs, program)
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
    let device = try requireComputed(op, inputs)
    let program = try program(op, inputs)
    push(
      program, on: device, outputs: targets, inputs: inputs, accepting: O.acceptsNumbers, at: site)
  }

  /// The program of an operator for these inputs.
  @_semantics("optimize.sil.specialize.generic.never")
  static func program<O: Op>(
    _ op: O, _ inputs: [NDArray]
  ) throws(ShapeError) -> LaunchProgram {
    try ProgramCache.shared.program(op, inputs)
  }

  /// The device of the inputs. Refuses symbols, which have no memory, and inputs that lie on
  /// several devices; numbers lie on each.
  private static func requireComputed<O: Op>(
    _ op: O, _ inputs: [NDArray]
  ) throws(ShapeError) -> Device {
    var found: Device?
    for input in inputs {
      if case .symbol = input.handle.content {
        throw ShapeError(
          "\(O.name): an array has left the traced region that it belongs to; return it from the "
            + "region: \(TensorTypes(inputs.lazy.map(\.type)))")
      }
      guard let storage = input.handle.unmanagedStorage else { continue }
      let device = storage._withUnsafeGuaranteedRef { $0.device }
      if let found, found != device {
        throw ShapeError(
          "\(O.name): operands lie on \(found) and \(device); move one of them by to(_:): "
            + "\(TensorTypes(inputs.lazy.map(\.type)))")
      }
      found = device
    }
    return found ?? .current
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
    _ program: LaunchProgram, on device: Device, outputs: [NDArray], inputs: [NDArray],
    accepting numbers: Bool, at site: CallSite
  ) {
    let count = outputs.count + inputs.count
    var (declared, isTiny) = (0, true)
    for index in outputs.indices {
      let count = outputs[index].handle.layout.shape.elementCount
      declared += count * outputs[index].handle.dtype.byteCount
      isTiny = isTiny && count <= Limits.tinyElementsMax
    }
    var scalars: [ScalarValue] = []
    for index in inputs.indices {
      isTiny =
        isTiny && inputs[index].handle.layout.shape.elementCount <= Limits.tinyElementsMax
      if numbers, let number = inputs[index].number { scalars.append(number) }
    }
    isTiny = isTiny && program.kernel.floatingPointOperations <= Limits.tinyOperationsMax
    var options = program.kernel.asynchronousOptions
    options.isTiny = isTiny && !program.kernel.isAsynchronous
    options.declaredBytes = declared
    if program.kernel.mayFail || Profiler.isRunning {
      options.modulePath = EngineLabel(interning: CallFrame.currentPlace)
    }
    withUnsafeTemporaryAllocation(of: Variable.self, capacity: count) { variables in
      var (written, used) = (0, 0)
      let payload = ProgramLaunch(program, count: count, numbers: scalars) { index in
        let array = index < outputs.count ? outputs[index] : inputs[index - outputs.count]
        if index >= outputs.count, numbers, array.handle.holdsNumber { return .none }
        guard let storage = array.storage else { return .none }
        variables.initializeElement(at: used, to: storage.variable)
        used += 1
        if index < outputs.count { written = used }
        return ProgramLaunch.Operand(
          storage, byteOffset: array.handle.layout.offset * array.dtype.byteCount)
      }
      let reading = VariableList(UnsafeBufferPointer(rebasing: variables[written..<used]))
      let writing = VariableList(UnsafeBufferPointer(rebasing: variables[..<written]))
      if program.kernel.isAsynchronous {
        device.engine.pushAsync(
          payload, reading: reading, writing: writing, site: site.seenByUser, options: options)
      } else {
        device.engine.push(
          payload, reading: reading, writing: writing, site: site.seenByUser, options: options)
      }
    }
  }
}
