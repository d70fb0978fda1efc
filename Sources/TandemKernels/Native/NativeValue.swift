/// A value of a kernel's text: one number for all lanes, or one for each.
struct NativeValue {
  var type: FormulaType
  /// One, or as many as the text has.
  let lanes: Int
  /// Its name, or the literal of a constant.
  let text: String
  /// The bits of a constant.
  let bits: UInt64?

  static func constant(_ type: FormulaType, _ bits: UInt64) -> NativeValue {
    NativeValue(type: type, lanes: 1, text: literal(type, bits), bits: bits)
  }

  private static func literal(_ type: FormulaType, _ bits: UInt64) -> String {
    switch type {
    case .bool: bits != 0 ? "true" : "false"
    case .float: hexadecimal(Double(Float(bitPattern: UInt32(bits))).bitPattern)
    case .double: hexadecimal(bits)
    default: "\(Int64(bitPattern: bits << (64 - type.bitCount)) >> (64 - type.bitCount))"
    }
  }

  private static func hexadecimal(_ bits: UInt64) -> String {
    let digits = String(bits, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The same bits under another type of the same width.
  func reinterpreted(as type: FormulaType) -> NativeValue {
    var result = self
    result.type = type
    return result
  }
}

extension FormulaType {
  /// The name in LLVM's text of a value of some lanes.
  func llvm(_ lanes: Int) -> String { lanes == 1 ? llvm : "<\(lanes) x \(llvm)>" }
}
