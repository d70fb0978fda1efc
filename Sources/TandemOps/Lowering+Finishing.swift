import TandemKernels

extension Lowering {
  /// A loop without reductions over the first output of an operator, which is its first input.
  package struct Finishing {
    /// The formula.
    let program: LoopProgram
    /// The type of the operator's first output, whose axes the slots have.
    let type: TensorType
    /// What the loop writes.
    let results: [Slot]
    /// What it reads beside the operator's output.
    let arrays: [Slot]
    /// The numbers that it takes.
    let numbers: [Slot]

    /// A loop; see the properties.
    package init(
      _ program: LoopProgram, over type: TensorType, results: [Slot], arrays: [Slot],
      numbers: [Slot]
    ) {
      (self.program, self.type) = (program, type)
      (self.results, self.arrays, self.numbers) = (results, arrays, numbers)
    }
  }

  /// Adds what an operator does, then a loop over its first output: in one primitive where the
  /// operator makes that output in blocks, else by way of a temporary.
  ///
  /// - Parameters:
  ///   - producer: the operator's program, lowered for a row-major first output.
  ///   - outputs: its outputs behind the first.
  ///   - inputs: its inputs.
  package mutating func emit(
    _ producer: KernelProgram, outputs: [Slot], inputs: [Slot], finishing: Finishing
  ) {
    let writers = producer.steps.filter { $0.operands.contains { $0.index == 0 } }
    let finished = writers.count == 1 ? Lowering.finished(writers[0], finishing) : nil
    var whole: Slot?
    if finished == nil { whole = temporary(finishing.type) }
    let temporaries = producer.temporaries.map { temporary($0) }
    let all = [whole].compactMap { $0 } + outputs + inputs + temporaries
    let skipped = finished == nil ? 0 : 1
    func place(_ slot: Slot) -> Slot { all[slot.index - skipped].with(slot.layout) }
    for step in producer.steps {
      if let finished, step === writers[0] {
        let results = step.operands[1..<step.resultCount].map(place)
        emit(
          finished.primitive, finished.results + results,
          step.operands[step.resultCount...].map(place) + finished.arrays + finishing.numbers)
      } else {
        emit(
          step.primitive, step.operands[..<step.resultCount].map(place),
          step.operands[step.resultCount...].map(place))
      }
    }
    if let whole {
      emit(
        LoopPrimitive(finishing.program), finishing.results,
        [whole] + finishing.arrays + finishing.numbers)
    }
  }

  /// A step with the loop behind it; `nil` if it makes no blocks, or an array of the loop does not
  /// lie so that blocks can see it.
  private static func finished(
    _ step: KernelProgram.Step, _ finishing: Finishing
  ) -> (primitive: any Primitive, results: [Slot], arrays: [Slot])? {
    guard let primitive = step.primitive as? any BlockwisePrimitive, step.scalars.isEmpty,
      step.resultCount > 0, step.operands[0].index == 0,
      !step.operands.dropFirst().contains(where: { $0.index == 0 })
    else { return nil }
    let nowhere = UnsafeMutableRawPointer(bitPattern: 1 << 20).unsafelyUnwrapped
    let operands = step.operands.map { Operand(nowhere, $0.layout, $0.dtype) }
    guard let shape = primitive.blockShape(operands) else { return nil }
    func seen(_ slots: [Slot]) -> [Slot]? {
      let layouts = slots.map { $0.layout.reshaped(shape) }
      return layouts.contains { $0 == nil } ? nil : zip(slots, layouts).map { $0.with($1!) }
    }
    guard let results = seen(finishing.results), let arrays = seen(finishing.arrays) else {
      return nil
    }
    func make(_ primitive: some BlockwisePrimitive) -> any Primitive {
      Finished(
        primitive, finishing.program, result: step.operands[0].layout,
        dtype: step.operands[0].dtype, producerOperandCount: step.operands.count - 1)
    }
    return (make(primitive), results, arrays)
  }
}

extension KernelProgram {
  /// Whether some step hands its blocks to a loop.
  package var finishesBlocks: Bool { steps.contains { $0.primitive is any FinishedPrimitive } }
}
