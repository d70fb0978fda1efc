import CTandem
import TandemShapes

/// The functions and numbers that the tile interpreter's headers define, read from the text of
/// these headers: native kernels and tile functions have one source.
struct FormulaLibrary: Sendable {
  /// The library of this build, read at first use.
  static let shared = FormulaLibrary()

  let functions: [String: FormulaFunction]
  /// `static const` numbers, each with its type.
  let numbers: [String: (type: FormulaType, value: FormulaExpression)]

  private init() {
    var functions: [String: FormulaFunction] = [:]
    var numbers: [String: (type: FormulaType, value: FormulaExpression)] = [
      "INT32_MAX": (.int32, .number(.int32, UInt64(Int32.max))),
      "INT64_MAX": (.int64, .number(.int64, UInt64(Int64.max))),
      "UINT64_MAX": (.uint64, .number(.uint64, .max)),
    ]
    var index: Int32 = 0
    var count: Int64 = 0
    while let text = tandem_formula_header(index, &count) {
      let bytes = UnsafeRawBufferPointer(start: text, count: Int(count))
      let header = FormulaParser.header(Array(bytes))
      for function in header.functions { functions[function.name] = function }
      for case .declare(let type, let name, let value?) in header.numbers {
        numbers[name] = (type, value)
      }
      index += 1
    }
    (self.functions, self.numbers) = (functions, numbers)
  }
}

extension ComputeClass {
  /// The C type of a value of the class.
  var formulaType: FormulaType {
    switch self {
    case .float32: .float
    case .float64: .double
    case .int32: .int32
    case .int64: .int64
    case .uint64: .uint64
    }
  }
}
