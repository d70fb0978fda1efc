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
    values += contents.constants.map { value(.constant($0), $0.computeClass) }
    for instruction in contents.instructions {
      values.append(
        apply(
          instruction.opcode, instruction.operandClass, instruction.resultClass,
          instruction.operands.map { values[$0] }, dtype: instruction.dtype))
    }
    return contents.outputs.map { values[$0.value] }
  }
}
