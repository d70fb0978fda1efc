extension JSONValue {
  /// Why a text is not JSON, and where.
  public struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public let complaint: String
    /// The number of bytes before the place.
    public let offset: Int

    /// `what is wrong at byte 12`.
    public var description: String { "\(complaint) at byte \(offset)" }
  }

  /// Reads a JSON text in UTF-8, strictly: nothing but white space after it, no comments, no
  /// trailing commas, no repeated member, no number beyond the range of a `Double`.
  ///
  /// - Throws: `ParseError`.
  /// - Complexity: O(n).
  public init(parsing text: [UInt8]) throws(ParseError) {
    var parser = JSONParser(text: text)
    self = try parser.document()
  }
}

/// A recursive-descent reader of RFC 8259's grammar; its depth is bounded by
/// ``JSONValue/largestDepth``.
private struct JSONParser {
  let text: [UInt8]
  var offset = 0

  init(text: [UInt8]) { self.text = text }

  mutating func document() throws(JSONValue.ParseError) -> JSONValue {
    let result = try value(depth: 0)
    skipSpace()
    if offset < text.count { throw error("unexpected text after the value") }
    return result
  }

  private func error(_ complaint: String) -> JSONValue.ParseError {
    JSONValue.ParseError(complaint: complaint, offset: offset)
  }

  private var next: UInt8? { offset < text.count ? text[offset] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      offset += 1
    }
  }

  /// Steps over a byte if it comes next.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    offset += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONValue.ParseError) -> JSONValue {
    skipSpace()
    guard let byte = next else { throw error("unexpected end") }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if depth >= JSONValue.largestDepth { throw error("nested too deep") }
      offset += 1
      return byte == UInt8(ascii: "{") ? try object(depth + 1) : try array(depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONValue.ParseError) -> JSONValue {
    for index in 0..<word.utf8CodeUnitCount {
      guard next == word.utf8Start[index] else { throw error("unexpected text") }
      offset += 1
    }
    return value
  }

  private mutating func array(_ depth: Int) throws(JSONValue.ParseError) -> JSONValue {
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return .array([]) }
    while true {
      elements.append(try value(depth: depth))
      skipSpace()
      if take("]") { return .array(elements) }
      if !take(",") { throw error("wanted ',' or ']'") }
    }
  }

  private mutating func object(_ depth: Int) throws(JSONValue.ParseError) -> JSONValue {
    var members: [JSONValue.Member] = []
    // Names are compared as bytes: Swift's strings are equal when they look the same.
    var names: Set<[UInt8]> = []
    skipSpace()
    if take("}") { return .object([]) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("wanted a member's name") }
      let place = offset
      let name = try string()
      if !names.insert(Array(name.utf8)).inserted {
        throw JSONValue.ParseError(complaint: "repeated member \"\(name)\"", offset: place)
      }
      skipSpace()
      if !take(":") { throw error("wanted ':'") }
      members.append(JSONValue.Member(name, try value(depth: depth)))
      skipSpace()
      if take("}") { return .object(members) }
      if !take(",") { throw error("wanted ',' or '}'") }
    }
  }

  private mutating func string() throws(JSONValue.ParseError) -> String {
    let start = offset
    offset += 1
    var bytes: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw JSONValue.ParseError(complaint: "invalid UTF-8 in a string", offset: start)
        }
        return text
      case UInt8(ascii: "\\"):
        offset += 1
        try escape(into: &bytes)
      case 0..<0x20: throw error("control character in a string")
      default:
        bytes.append(byte)
        offset += 1
      }
    }
    throw error("unexpected end of a string")
  }

  private mutating func escape(into bytes: inout [UInt8]) throws(JSONValue.ParseError) {
    guard let byte = next else { throw error("unexpected end of a string") }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0c)
    case UInt8(ascii: "n"): bytes.append(0x0a)
    case UInt8(ascii: "r"): bytes.append(0x0d)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"):
      offset += 1
      bytes += String(try escapedScalar()).utf8
      return
    default: throw error("unknown escape")
    }
    offset += 1
  }

  /// What `\u` begins; two of them if the first is the first half of a surrogate pair.
  private mutating func escapedScalar() throws(JSONValue.ParseError) -> Character {
    let first = try fourDigits()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    guard first < 0xdc00, take("\\"), take("u") else { throw error("lone surrogate") }
    let second = try fourDigits()
    guard (0xdc00..<0xe000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
    else { throw error("lone surrogate") }
    return Character(scalar)
  }

  private mutating func fourDigits() throws(JSONValue.ParseError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("wanted four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }

  private mutating func skipDigits() throws(JSONValue.ParseError) {
    let start = offset
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
    if offset == start { throw error("unexpected text") }
  }

  private mutating func number() throws(JSONValue.ParseError) -> JSONValue {
    let start = offset
    var isInteger = true
    _ = take("-")
    if !take("0") { try skipDigits() }
    if take(".") {
      isInteger = false
      try skipDigits()
    }
    if take("e") || take("E") {
      isInteger = false
      if !take("+") { _ = take("-") }
      try skipDigits()
    }
    let digits = String(decoding: text[start..<offset], as: UTF8.self)
    if isInteger, digits != "-0", let integer = Int(digits) { return .integer(integer) }
    guard let number = Double(digits), number.isFinite else {
      throw JSONValue.ParseError(complaint: "number out of range", offset: start)
    }
    return .number(number)
  }
}
