/// Reads the C that the tile functions are written in: functions without branches and loops, of
/// numbers and of pointers to results.
///
/// This is no C compiler: what it does not know, such as `if`, makes the function one that native
/// kernels call instead of containing. Every opcode is tested bit by bit against clang's reading.
struct FormulaParser {
  private let tokens: [String]
  private var at = 0

  init(_ tokens: [String]) { self.tokens = tokens }

  // MARK: Files

  /// All functions, and numbers with a name, of a header.
  static func header(_ bytes: [UInt8]) -> (
    functions: [FormulaFunction], numbers: [FormulaStatement]
  ) {
    var parser = FormulaParser(FormulaTokens.of(bytes))
    var functions: [FormulaFunction] = []
    var numbers: [FormulaStatement] = []
    while parser.at < parser.tokens.count {
      let start = parser.at
      if let function = try? parser.function() {
        functions.append(function)
        continue
      }
      parser.at = start
      if let found = try? parser.namedNumbers() {
        numbers += found
        continue
      }
      parser.at = start
      parser.skipDeclaration()
    }
    return (functions, numbers)
  }

  /// One expression, all of the text.
  static func expression(_ text: String) throws(NativeFailure) -> FormulaExpression {
    var parser = FormulaParser(FormulaTokens.of(Array(text.utf8)))
    let result = try parser.choice()
    guard parser.at == parser.tokens.count else { throw NativeFailure(text) }
    return result
  }

  private mutating func skipDeclaration() {
    var depth = 0
    while let token = next() {
      if token == "{" { depth += 1 }
      if token == "}" { depth -= 1 }
      if depth == 0, token == ";" || token == "}" { return }
    }
  }

  private mutating func function() throws(NativeFailure) -> FormulaFunction {
    guard skip("WHOLE") || (skip("static") && skip("inline")) else { throw unknown() }
    let result = skip("void") ? nil : try type()
    let name = try word()
    var parameters: [FormulaFunction.Parameter] = []
    try expect("(")
    repeat {
      let type = try type()
      let isPointer = skip("*")
      parameters.append(
        FormulaFunction.Parameter(type: type, name: try word(), isPointer: isPointer))
    } while skip(",")
    try expect(")")
    try expect("{")
    var body: [FormulaStatement] = []
    while !skip("}") { body += try statement() }
    return FormulaFunction(name: name, result: result, parameters: parameters, body: body)
  }

  private mutating func namedNumbers() throws(NativeFailure) -> [FormulaStatement] {
    try expect("static")
    return try statement()
  }

  // MARK: Statements

  private mutating func statement() throws(NativeFailure) -> [FormulaStatement] {
    if skip("return") {
      let value = try choice()
      try expect(";")
      return [.result(value)]
    }
    if skip("HORNER") { return [try polynomial()] }
    _ = skip("static")
    let isConstant = skip("const")
    if isConstant || FormulaType(peek()) != nil { return try declaration() }
    if skip("*") { return [try assignment(to: try word())] }
    if peek(1) == "(" {
      let call = try choice()
      try expect(";")
      return [.evaluate(call)]
    }
    return [try assignment(to: try word())]
  }

  private mutating func polynomial() throws(NativeFailure) -> FormulaStatement {
    try expect("(")
    let name = try word()
    try expect(",")
    let argument = try choice()
    try expect(",")
    let coefficients = try word()
    try expect(")")
    return .polynomial(name, argument, coefficients)
  }

  private mutating func declaration() throws(NativeFailure) -> [FormulaStatement] {
    let type = try type()
    var result: [FormulaStatement] = []
    repeat {
      let name = try word()
      if skip("[") {
        try expect("]")
        try expect("=")
        result.append(.declareArray(name, type, try list()))
      } else {
        result.append(.declare(type, name, skip("=") ? try choice() : nil))
      }
    } while skip(",")
    try expect(";")
    return result
  }

  private mutating func list() throws(NativeFailure) -> [FormulaExpression] {
    try expect("{")
    var elements: [FormulaExpression] = []
    repeat { elements.append(try choice()) } while skip(",")
    try expect("}")
    return elements
  }

  private mutating func assignment(to name: String) throws(NativeFailure) -> FormulaStatement {
    let sign = next() ?? ""
    let value = try choice()
    try expect(";")
    if sign == "=" { return .assign(name, value) }
    guard sign.count == 2, sign.hasSuffix("=") else { throw unknown() }
    return .assign(name, .infix(String(sign.dropLast()), .name(name), value))
  }

  // MARK: Expressions

  /// Signs between operands, those that bind least first.
  private static let levels: [[String]] = [
    ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", ">", "<=", ">="], ["<<", ">>"],
    ["+", "-"], ["*", "/", "%"],
  ]

  private mutating func choice() throws(NativeFailure) -> FormulaExpression {
    let condition = try infix(0)
    guard skip("?") else { return condition }
    let first = try choice()
    try expect(":")
    return .choice(condition, first, try choice())
  }

  private mutating func infix(_ level: Int) throws(NativeFailure) -> FormulaExpression {
    guard level < Self.levels.count else { return try prefix() }
    var result = try infix(level + 1)
    while Self.levels[level].contains(peek()) {
      let sign = next()!
      result = .infix(sign, result, try infix(level + 1))
    }
    return result
  }

  private mutating func prefix() throws(NativeFailure) -> FormulaExpression {
    for sign in ["-", "~", "!"] where skip(sign) { return .prefix(sign, try prefix()) }
    if skip("&") { return .address(try word()) }
    if skip("*") { return .pointee(try word()) }
    if peek() == "(", let type = FormulaType(peek(1)), peek(2) == ")" {
      at += 3
      return .cast(type, try prefix())
    }
    return try primary()
  }

  private mutating func primary() throws(NativeFailure) -> FormulaExpression {
    if skip("(") {
      let inner = try choice()
      try expect(")")
      return inner
    }
    if let number = FormulaNumber.parse(peek()) {
      at += 1
      return number
    }
    let name = try word()
    guard skip("(") else { return .name(name) }
    var arguments: [FormulaExpression] = []
    // The argument of `nan("")` is a string, which tells nothing.
    while skip("\"") {}
    if !skip(")") {
      repeat { arguments.append(try choice()) } while skip(",")
      try expect(")")
    }
    return .call(name, arguments)
  }

  // MARK: Tokens

  private func peek(_ offset: Int = 0) -> String {
    at + offset < tokens.count ? tokens[at + offset] : ""
  }

  private mutating func next() -> String? {
    guard at < tokens.count else { return nil }
    at += 1
    return tokens[at - 1]
  }

  private mutating func skip(_ token: String) -> Bool {
    guard peek() == token else { return false }
    at += 1
    return true
  }

  private mutating func expect(_ token: String) throws(NativeFailure) {
    guard skip(token) else { throw unknown() }
  }

  private mutating func type() throws(NativeFailure) -> FormulaType {
    _ = skip("const")
    guard let type = FormulaType(peek()) else { throw unknown() }
    at += 1
    return type
  }

  private static let keywords: Set<String> = ["if", "for", "while", "typedef", "switch", "do"]

  private mutating func word() throws(NativeFailure) -> String {
    let token = peek()
    guard let first = token.unicodeScalars.first, first.properties.isAlphabetic || first == "_",
      !Self.keywords.contains(token)
    else { throw unknown() }
    at += 1
    return token
  }

  private func unknown() -> NativeFailure {
    let nearby = tokens[min(at, tokens.count)..<min(at + 6, tokens.count)]
    return NativeFailure(nearby.joined(separator: " "))
  }
}

/// Numbers as C writes them.
enum FormulaNumber {
  static func parse(_ token: String) -> FormulaExpression? {
    guard let first = token.first, first.isNumber || first == "." else { return nil }
    let isHex = token.hasPrefix("0x")
    let isFloating =
      token.contains(".") || token.contains("p") || (!isHex && token.contains("e"))
    if isFloating {
      let isFloat = token.hasSuffix("f")
      let digits = isFloat ? String(token.dropLast()) : token
      if isFloat { return Float(digits).map { .number(.float, UInt64($0.bitPattern)) } }
      return Double(digits).map { .number(.double, $0.bitPattern) }
    }
    let isUnsigned = token.hasSuffix("u")
    let digits = isUnsigned ? token.dropLast() : token[...]
    guard let value = UInt64(isHex ? digits.dropFirst(2) : digits, radix: isHex ? 16 : 10) else {
      return nil
    }
    let mayBeUnsigned = isUnsigned || isHex
    if value <= UInt64(Int32.max), !isUnsigned { return .number(.int32, value) }
    if value <= UInt64(UInt32.max), mayBeUnsigned { return .number(.uint32, value) }
    if value <= UInt64(Int64.max), !isUnsigned { return .number(.int64, value) }
    return .number(.uint64, value)
  }
}
