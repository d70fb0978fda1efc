extension NDArray {
  /// Replaces a parameter and what an optimizer remembers of it by their next values, in place
  /// where that is legal.
  ///
  /// - Parameters:
  ///   - op: the rule; its outputs are the parameter and the states.
  ///   - parameter: replaced.
  ///   - gradient: of the parameter's shape.
  ///   - states: replaced, one for each of the rule's states.
  ///   - numbers: zero-dimensional, one for each of the rule's numbers.
  public static func update<O: UpdateOp>(
    _ op: O, _ parameter: inout NDArray, gradient: NDArray, states: inout [NDArray],
    numbers: [NDArray], file: StaticString = #fileID, line: UInt = #line
  ) {
    let site = CallSite(file, line)
    var inPlace = parameter.canUpdateInPlace && gradient.handle.links.isEmpty
    for index in states.indices where inPlace { inPlace = states[index].canUpdateInPlace }
    let isPlain = Scope.current.map { $0.trace == nil && $0.tapes.isEmpty } ?? true
    // Numbers that are counted, as steps are, lie where the thread makes arrays.
    var inputs = [parameter, gradient] + states + numbers
    let device = parameter.device
    for index in inputs.indices.suffix(numbers.count)
    where isPlain && inputs[index].handle.isStored && inputs[index].device != device {
      inputs[index] = inputs[index].to(device)
    }
    do throws(ShapeError) {
      if inPlace, isPlain, try keepsLayouts(op, inputs, stateCount: states.count) {
        try launch(op, inputs, into: [parameter] + states, at: site)
        return
      }
      var outputs = try applying(op, inputs, at: site)
      parameter = outputs.removeFirst()
      states = outputs
    } catch {
      fail("parameter update: \(error.message)", at: site)
    }
  }

  /// Whether each output would be given just the layout of the input that it replaces.
  private static func keepsLayouts<O: UpdateOp>(
    _ op: O, _ inputs: [NDArray], stateCount: Int
  ) throws(ShapeError) -> Bool {
    let program = try program(op, inputs)
    return program.kernel.outputs.indices.allSatisfy { output in
      var layout = inputs[output == 0 ? 0 : output + 1].handle.layout
      layout.offset = 0
      return program.kernel.outputs[output].layout == layout
    }
  }
}
