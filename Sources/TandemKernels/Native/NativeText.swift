import TandemShapes

/// Writes instructions of LLVM's textual form, for values of one lane or of all lanes.
///
/// What all lanes share is written once for each row of elements, before the loop over them. An
/// instruction that was written before is not written again. Constants are folded where the same
/// arithmetic is at hand in Swift.
///
/// Nothing here says `fast`, `contract` or `fma`: every operation rounds as the C function's does.
final class NativeText {
  /// Lanes of a vector.
  let lanes: Int
  /// Instructions before the loop over the elements of a row.
  private(set) var row: [String] = []
  /// Instructions of the loop, or of what is left after it.
  private(set) var body: [String] = []
  /// Memory of the function.
  private(set) var memory: [String] = []
  private var declared: Set<String> = []
  private var rowKnown: [String: NativeValue] = [:]
  private var bodyKnown: [String: NativeValue] = [:]
  private var count = 0
  /// Whether the loop over the elements is over: what has one lane is no longer written before it.
  var isPastRow = false

  /// Whether the machine multiplies by powers of two.
  private let scales: Bool

  init(lanes: Int, scales: Bool = false) { (self.lanes, self.scales) = (lanes, scales) }

  /// The declarations of the intrinsics that were called.
  var declarations: [String] { declared.sorted() }

  /// Ends a body and begins another, which knows the same rows.
  func takeBody() -> [String] {
    defer { (body, bodyKnown) = ([], [:]) }
    return body
  }

  // MARK: Lines

  func freshName() -> String {
    count += 1
    return "%v\(count)"
  }

  /// An instruction without a result.
  func perform(_ line: String, lanes: Int) {
    if lanes == 1, !isPastRow { row.append(line) } else { body.append(line) }
  }

  /// A line before the loop over the elements of a row.
  func prepare(_ line: String) { row.append(line) }

  /// An instruction with a result that depends on its operands alone.
  func instruction(_ line: String, _ type: FormulaType, lanes: Int) -> NativeValue {
    let isOfRow = lanes == 1 && !isPastRow
    if let known = rowKnown[line] ?? (isOfRow ? nil : bodyKnown[line]) {
      return known.reinterpreted(as: type)
    }
    let result = read(line, type, lanes: lanes)
    if isOfRow { rowKnown[line] = result } else { bodyKnown[line] = result }
    return result
  }

  /// An instruction with a result that depends on more than its operands.
  func read(_ line: String, _ type: FormulaType, lanes: Int) -> NativeValue {
    let name = freshName()
    perform("\(name) = \(line)", lanes: lanes)
    return NativeValue(type: type, lanes: lanes, text: name, bits: nil)
  }

  /// A name for an address, in the loop.
  func address(_ line: String) -> String {
    instruction(line, .int64, lanes: lanes).text
  }

  /// Memory for all lanes of a type, for as long as the function runs.
  func room(for type: FormulaType) -> String {
    let name = freshName()
    memory.append("\(name) = alloca \(type.llvm(lanes)), align 64")
    return name
  }

  func declare(_ line: String) { declared.insert(line) }

  /// The value as an operand beside values of so many lanes.
  func operand(_ value: NativeValue, _ lanes: Int) -> String {
    if lanes == value.lanes { return value.text }
    let element = "\(value.type.llvm) \(value.text)"
    if value.bits != nil {
      return "<" + Array(repeating: element, count: lanes).joined(separator: ", ") + ">"
    }
    let vector = value.type.llvm(lanes)
    let key = "splat \(lanes) \(element)"
    if let known = rowKnown[key] { return known.text }
    let (first, all) = (freshName(), freshName())
    row.append("\(first) = insertelement \(vector) poison, \(element), i64 0")
    row.append(
      "\(all) = shufflevector \(vector) \(first), \(vector) poison, <\(lanes) x i32> "
        + "zeroinitializer")
    rowKnown[key] = NativeValue(type: value.type, lanes: lanes, text: all, bits: nil)
    return all
  }

  /// Some lanes of a value.
  func slice(_ value: NativeValue, _ start: Int, _ count: Int) -> NativeValue {
    if value.lanes == 1 || value.lanes == count { return value }
    let vector = value.type.llvm(value.lanes)
    let places = (start..<start + count).map { "i32 \($0)" }.joined(separator: ", ")
    return instruction(
      "shufflevector \(vector) \(value.text), \(vector) poison, <\(count) x i32> <\(places)>",
      value.type, lanes: count)
  }

  /// Values of as many lanes each, one after another; a power of two of them.
  func concatenated(_ parts: [NativeValue]) -> NativeValue {
    var parts = parts
    while parts.count > 1 {
      parts = stride(from: 0, to: parts.count, by: 2).map { index in
        let (a, b) = (parts[index], parts[index + 1])
        let vector = a.type.llvm(a.lanes)
        let places = (0..<2 * a.lanes).map { "i32 \($0)" }.joined(separator: ", ")
        return instruction(
          "shufflevector \(vector) \(a.text), \(vector) \(b.text), "
            + "<\(2 * a.lanes) x i32> <\(places)>", a.type, lanes: 2 * a.lanes)
      }
    }
    return parts[0]
  }

  // MARK: Operations

  /// `a sign b` in C.
  func infix(
    _ sign: String, _ a: NativeValue, _ b: NativeValue
  ) throws(NativeFailure) -> NativeValue {
    if a.type == .bool, b.type == .bool, let name = Self.logical[sign] {
      return binary(name, .bool, a, b)
    }
    if sign == "<<" || sign == ">>" { return shift(sign, a, b) }
    let type = FormulaType.joining(a.type, b.type)
    let (a, b) = (converted(a, to: type), converted(b, to: type))
    if let comparison = Self.comparisons[sign] { return compare(comparison, a, b) }
    let names = type.isFloatingPoint ? Self.floating : Self.integer
    guard let name = names[sign] else { throw NativeFailure("\(type) \(sign)") }
    return NativeFolding.infix(sign, a, b) ?? binary(name, type, a, b)
  }

  private static let logical = ["&": "and", "|": "or", "&&": "and", "||": "or", "^": "xor"]
  private static let floating = ["+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"]
  private static let integer = [
    "+": "add", "-": "sub", "*": "mul", "&": "and", "|": "or", "^": "xor",
  ]
  private static let comparisons = [
    "==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge",
  ]

  private func binary(
    _ name: String, _ type: FormulaType, _ a: NativeValue, _ b: NativeValue
  ) -> NativeValue {
    let lanes = max(a.lanes, b.lanes)
    let operands = "\(operand(a, lanes)), \(operand(b, lanes))"
    return instruction("\(name) \(type.llvm(lanes)) \(operands)", type, lanes: lanes)
  }

  private func shift(_ sign: String, _ a: NativeValue, _ b: NativeValue) -> NativeValue {
    let type = a.type.promoted
    let name = sign == "<<" ? "shl" : type.isSigned ? "ashr" : "lshr"
    return binary(name, type, converted(a, to: type), converted(b, to: type))
  }

  /// Comparisons are false for NaN, but for `!=`.
  private func compare(_ name: String, _ a: NativeValue, _ b: NativeValue) -> NativeValue {
    let isEquality = name == "eq" || name == "ne"
    let condition =
      a.type.isFloatingPoint
      ? "fcmp " + (name == "ne" ? "u" : "o") + name
      : "icmp " + (isEquality ? "" : a.type.isSigned ? "s" : "u") + name
    let lanes = max(a.lanes, b.lanes)
    return instruction(
      "\(condition) \(a.type.llvm(lanes)) \(operand(a, lanes)), \(operand(b, lanes))", .bool,
      lanes: lanes)
  }

  func prefix(_ sign: String, _ a: NativeValue) throws(NativeFailure) -> NativeValue {
    switch (sign, a.type) {
    case ("-", .float), ("-", .double):
      if let folded = NativeFolding.negated(a) { return folded }
      return instruction(
        "fneg \(a.type.llvm(a.lanes)) \(a.text)", a.type, lanes: a.lanes)
    case ("-", _): return try infix("-", .constant(a.type.promoted, 0), a)
    case ("~", _):
      let type = a.type.promoted
      return try infix("^", converted(a, to: type), .constant(type, .max))
    case ("!", _): return binary("xor", .bool, converted(a, to: .bool), .constant(.bool, 1))
    default: throw NativeFailure(sign)
    }
  }

  func choose(_ condition: NativeValue, _ a: NativeValue, _ b: NativeValue) -> NativeValue {
    let condition = converted(condition, to: .bool)
    let type = a.type == b.type ? a.type : FormulaType.joining(a.type, b.type)
    let (a, b) = (converted(a, to: type), converted(b, to: type))
    let lanes = max(condition.lanes, a.lanes, b.lanes)
    let vector = type.llvm(lanes)
    return instruction(
      "select \(FormulaType.bool.llvm(condition.lanes)) \(condition.text), "
        + "\(vector) \(operand(a, lanes)), \(vector) \(operand(b, lanes))", type, lanes: lanes)
  }

  /// The value in another type, as a cast in C.
  func converted(_ value: NativeValue, to type: FormulaType) -> NativeValue {
    let from = value.type
    if from == type { return value }
    if let folded = NativeFolding.converted(value, to: type) { return folded }
    if type == .bool {
      return compare("ne", value, NativeFolding.converted(.constant(.int32, 0), to: from)!)
    }
    if !from.isFloatingPoint, !type.isFloatingPoint, from.bitCount == type.bitCount {
      return value.reinterpreted(as: type)
    }
    return instruction(
      "\(Self.conversion(from, type)) \(from.llvm(value.lanes)) \(value.text) to "
        + type.llvm(value.lanes), type, lanes: value.lanes)
  }

  private static func conversion(_ from: FormulaType, _ to: FormulaType) -> String {
    switch (from.isFloatingPoint, to.isFloatingPoint) {
    case (true, true): to == .double ? "fpext" : "fptrunc"
    case (true, false): to.isSigned ? "fptosi" : "fptoui"
    case (false, true): from.isSigned ? "sitofp" : "uitofp"
    case (false, false):
      to.bitCount < from.bitCount ? "trunc" : from.isSigned ? "sext" : "zext"
    }
  }

  /// The bits of a value as another type of the same width.
  func sameBits(_ value: NativeValue, as type: FormulaType) -> NativeValue {
    if let bits = value.bits { return .constant(type, bits) }
    if value.type.isFloatingPoint == type.isFloatingPoint {
      return value.reinterpreted(as: type)
    }
    return instruction(
      "bitcast \(value.type.llvm(value.lanes)) \(value.text) to \(type.llvm(value.lanes))", type,
      lanes: value.lanes)
  }

  func squareRoot(_ value: NativeValue) -> NativeValue {
    let vector = value.type.llvm(value.lanes)
    let name = "@llvm.sqrt." + Self.suffix(value.type, value.lanes)
    declare("declare \(vector) \(name)(\(vector))")
    return instruction(
      "call \(vector) \(name)(\(vector) \(operand(value, value.lanes)))", value.type,
      lanes: value.lanes)
  }

  /// `f32_scaled` by one instruction, which rounds once as it does; `nil` where there is none.
  func scaled(_ value: NativeValue, _ shifted: NativeValue) throws(NativeFailure) -> NativeValue? {
    let lanes = 16
    guard scales, value.lanes % lanes == 0, shifted.lanes == value.lanes else { return nil }
    let shift = NativeValue.constant(.float, UInt64(Float(12_582_912).bitPattern))
    let power = try infix("-", shifted, shift)
    let (vector, name) = ("<16 x float>", "@llvm.x86.avx512.mask.scalef.ps.512")
    declare("declare \(vector) \(name)(\(vector), \(vector), \(vector), i16, i32)")
    let parts = stride(from: 0, to: value.lanes, by: lanes).map { start in
      let (a, b) = (slice(value, start, lanes), slice(power, start, lanes))
      return instruction(
        "call \(vector) \(name)(\(vector) \(a.text), \(vector) \(b.text), "
          + "\(vector) zeroinitializer, i16 -1, i32 4)", .float, lanes: lanes)
    }
    return concatenated(parts)
  }

  /// How intrinsics name a type: `v16f32`.
  static func suffix(_ type: FormulaType, _ lanes: Int) -> String {
    (lanes == 1 ? "" : "v\(lanes)") + (type.isFloatingPoint ? "f" : "i") + "\(type.bitCount)"
  }
}
