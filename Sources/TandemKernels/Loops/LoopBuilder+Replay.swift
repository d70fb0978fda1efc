extension LoopBuilder {
  /// Adds the instructions of another program over values of this one.
  ///
  /// - Parameters:
  ///   - inputs: one for each input of the program, of its class.
  ///   - scalars: one for each scalar, of its class.
  /// - Returns: the value of each output, before it is rounded to the output's dtype or reduced.
  package func replay(
    _ program: LoopProgram, inputs: [LoopValue], scalars: [LoopValue]
  ) -> [LoopValue] {
    let contents = program.contents
    var values = inputs + scalars
    values += contents.constants.map { constant($0) }
    for instruction in contents.instructions {
      values.append(add(instruction, instruction.operands.map { values[$0] }))
    }
    return contents.outputs.map { values[$0.value] }
  }

  /// Adds a number of another program.
  package func constant(_ constant: LoopProgram.Constant) -> LoopValue {
    value(.constant(constant), constant.computeClass)
  }

  /// Adds an instruction of another program over values of this one.
  package func add(
    _ instruction: LoopProgram.Instruction, _ operands: [LoopValue]
  ) -> LoopValue {
    apply(
      instruction.opcode, instruction.operandClass, instruction.resultClass, operands,
      dtype: instruction.dtype)
  }
}
