import CTandem
import TandemShapes

/// What C says about an instruction: `TandemFormula` in Swift.
struct NativeFormula {
  /// The type of the operands.
  let type: FormulaType
  let result: FormulaType
  /// `nil` where only the tile function knows.
  let text: String?

  init(_ instruction: LoopProgram.Instruction) {
    let from = Int32(instruction.operandClass.rawValue)
    let formula =
      instruction.opcode == .cast
      ? tandem_cast_formula(from, Int32(instruction.resultClass.rawValue))
      : tandem_formula(Int32(instruction.opcode.rawValue), from)
    type = FormulaType(String(cString: formula.type))!
    result = FormulaType(String(cString: formula.result))!
    text = formula.formula.map { String(cString: $0) }
  }
}

/// How elements of a dtype become values of its class and back.
struct NativeConversion {
  let storage: FormulaType
  let type: FormulaType
  /// Names of functions.
  let widen, narrow: String

  var byteCount: Int { storage.bitCount / 8 }
}

extension DType {
  var conversion: NativeConversion {
    let entry = tandem_conversion(Int32(rawValue))
    return NativeConversion(
      storage: FormulaType(String(cString: entry.storage))!,
      type: FormulaType(String(cString: entry.type))!, widen: String(cString: entry.widen),
      narrow: String(cString: entry.narrow))
  }
}
