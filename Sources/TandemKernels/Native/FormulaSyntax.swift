/// A type of the C in which the tile functions are written.
enum FormulaType: String, Sendable {
  case bool
  case int8 = "int8_t", uint8 = "uint8_t", int16 = "int16_t", uint16 = "uint16_t"
  case int32 = "int32_t", uint32 = "uint32_t", int64 = "int64_t", uint64 = "uint64_t"
  case float, double

  init?(_ name: String) {
    if name == "int" { self = .int32 } else { self.init(rawValue: name) }
  }

  var isFloatingPoint: Bool { self == .float || self == .double }

  var isSigned: Bool {
    switch self {
    case .int8, .int16, .int32, .int64: true
    default: false
    }
  }

  var bitCount: Int {
    switch self {
    case .bool: 1
    case .int8, .uint8: 8
    case .int16, .uint16: 16
    case .int32, .uint32, .float: 32
    case .int64, .uint64, .double: 64
    }
  }

  /// The name in LLVM's text.
  var llvm: String {
    switch self {
    case .float: "float"
    case .double: "double"
    default: "i\(bitCount)"
    }
  }

  /// C's integer promotion.
  var promoted: FormulaType { isFloatingPoint || bitCount >= 32 ? self : .int32 }

  /// The type in which C computes with operands of these two.
  static func joining(_ a: FormulaType, _ b: FormulaType) -> FormulaType {
    if a == .double || b == .double { return .double }
    if a == .float || b == .float { return .float }
    let (a, b) = (a.promoted, b.promoted)
    if a.bitCount != b.bitCount { return a.bitCount > b.bitCount ? a : b }
    return a.isSigned ? b : a
  }
}

/// An expression of a tile function.
indirect enum FormulaExpression: Sendable {
  /// A number: the bits of its type.
  case number(FormulaType, UInt64)
  case name(String)
  /// `*name`: what a parameter points at.
  case pointee(String)
  /// `&name`, as an argument.
  case address(String)
  case prefix(String, FormulaExpression)
  case infix(String, FormulaExpression, FormulaExpression)
  case choice(FormulaExpression, FormulaExpression, FormulaExpression)
  case cast(FormulaType, FormulaExpression)
  case call(String, [FormulaExpression])
}

/// A statement of a tile function.
enum FormulaStatement: Sendable {
  case declare(FormulaType, String, FormulaExpression?)
  case declareArray(String, FormulaType, [FormulaExpression])
  /// `name = expression` or `*name = expression`.
  case assign(String, FormulaExpression)
  /// The polynomial of `HORNER`: its name, its argument, the array of coefficients.
  case polynomial(String, FormulaExpression, String)
  case evaluate(FormulaExpression)
  case result(FormulaExpression)
}

/// A function of the tile functions' headers.
struct FormulaFunction: Sendable {
  struct Parameter: Sendable {
    let type: FormulaType
    let name: String
    let isPointer: Bool
  }

  let name: String
  /// `nil` for `void`.
  let result: FormulaType?
  let parameters: [Parameter]
  let body: [FormulaStatement]
}
