import TandemShapes

extension LoopProgram: CustomStringConvertible {
  /// The program as formulas: values that are used once stand where they are used.
  ///
  /// ```
  /// loop (a: float32, b: float32, s0: scalar float32) {
  ///   t0 = exp(a * b)
  ///   out0: float32 = t0 / (1 + t0)
  ///   out1: float32 = sum(t0 + s0)
  /// }
  /// ```
  public var description: String {
    LoopPrinter(contents).text
  }
}

private struct LoopPrinter {
  let contents: LoopProgram.Contents
  var names: [String] = []
  var lines: [String] = []

  var text: String { lines.joined(separator: "\n") }

  init(_ contents: LoopProgram.Contents) {
    self.contents = contents
    var parameters: [String] = []
    for (index, dtype) in contents.inputs.enumerated() {
      names.append(inputName(index))
      parameters.append("\(names[index]): \(dtype)")
    }
    for (index, dtype) in contents.scalars.enumerated() {
      names.append("s\(index)")
      parameters.append("s\(index): scalar \(dtype)")
    }
    names += contents.constants.map(\.text)
    lines = ["loop (\(parameters.joined(separator: ", "))) {"]
    addResults()
    addOutputs()
    lines.append("}")
  }

  private func inputName(_ index: Int) -> String {
    index < 18 ? String(UnicodeScalar(UInt8(97 + index))) : "in\(index)"
  }

  private mutating func addResults() {
    var uses = Array(repeating: 0, count: contents.valueCount)
    for instruction in contents.instructions {
      for operand in instruction.operands { uses[operand] += 1 }
    }
    for output in contents.outputs { uses[output.value] += 1 }
    var temporaries = 0
    for (index, instruction) in contents.instructions.enumerated() {
      let formula = formula(instruction)
      if uses[contents.firstResult + index] == 1 {
        names.append(formula)
      } else {
        lines.append("  t\(temporaries) = \(unwrapped(formula))")
        names.append("t\(temporaries)")
        temporaries += 1
      }
    }
  }

  private mutating func addOutputs() {
    for (index, output) in contents.outputs.enumerated() {
      let value = unwrapped(names[output.value])
      let formula = output.reduction.map { "\($0)(\(value))" } ?? value
      lines.append("  out\(index): \(output.dtype) = \(formula)")
    }
  }

  private func formula(_ instruction: LoopProgram.Instruction) -> String {
    let operands = instruction.operands.map { names[$0] }
    if let infix = instruction.opcode.infix { return "(\(operands[0]) \(infix) \(operands[1]))" }
    switch instruction.opcode {
    case .negate: return "-\(operands[0])"
    case .cast: return "\(instruction.resultClass)(\(unwrapped(operands[0])))"
    case .round: return "\(instruction.dtype!)(\(unwrapped(operands[0])))"
    default:
      return "\(instruction.opcode)(\(operands.map(unwrapped).joined(separator: ", ")))"
    }
  }

  /// The formula without its outermost parentheses, which only binary signs have.
  private func unwrapped(_ formula: String) -> String {
    formula.hasPrefix("(") ? String(formula.dropFirst().dropLast()) : formula
  }
}

extension LoopProgram.Constant {
  /// The number: `1`, `0.5`.
  fileprivate var text: String {
    switch computeClass {
    case .float32:
      number("\(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))")
    case .float64: number("\(Double(bitPattern: bits))")
    case .int32: "\(Int32(truncatingIfNeeded: bits))"
    case .int64: "\(Int64(bitPattern: bits))"
    case .uint64: "\(bits)"
    }
  }

  private func number(_ text: String) -> String {
    text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
