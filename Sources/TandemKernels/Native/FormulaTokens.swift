/// Cuts C into words: names, numbers, signs. Comments and preprocessor lines are left out.
struct FormulaTokens {
  private let bytes: [UInt8]
  private var at = 0

  private static let longSigns: Set<String> = [
    "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "|=", "&=", "^=",
  ]

  static func of(_ bytes: [UInt8]) -> [String] {
    var tokens = FormulaTokens(bytes: bytes)
    var result: [String] = []
    while let next = tokens.next() { result.append(next) }
    return result
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private func byte(_ offset: Int = 0) -> UInt8 {
    at + offset < bytes.count ? bytes[at + offset] : 0
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private mutating func skipLine() {
    while at < bytes.count, byte() != UInt8(ascii: "\n") {
      at += byte() == UInt8(ascii: "\\") ? 2 : 1
    }
  }

  private mutating func skipBlanks() {
    while at < bytes.count {
      if byte() <= UInt8(ascii: " ") {
        at += 1
      } else if byte() == UInt8(ascii: "#") {
        skipLine()
      } else if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "/") {
        skipLine()
      } else if byte() == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "*") {
        while at < bytes.count, byte() != UInt8(ascii: "*") || byte(1) != UInt8(ascii: "/") {
          at += 1
        }
        at += 2
      } else {
        return
      }
    }
  }

  private mutating func next() -> String? {
    skipBlanks()
    guard at < bytes.count else { return nil }
    let start = at
    let isNumber =
      Self.isDigit(byte()) || (byte() == UInt8(ascii: ".") && Self.isDigit(byte(1)))
    if isNumber {
      skipNumber()
    } else if Self.isWord(byte()) {
      while Self.isWord(byte()) { at += 1 }
    } else {
      at += 1
      let sign = String(decoding: bytes[start..<min(start + 2, bytes.count)], as: UTF8.self)
      if Self.longSigns.contains(sign) { at += 1 }
    }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  /// A number with its suffix; a sign belongs to it after an exponent's letter.
  private mutating func skipNumber() {
    let isHex = byte(1) == UInt8(ascii: "x")
    let exponents =
      isHex
      ? [UInt8(ascii: "p"), UInt8(ascii: "P")] : [UInt8(ascii: "e"), UInt8(ascii: "E")]
    while Self.isWord(byte()) || byte() == UInt8(ascii: ".") {
      at += 1
      let isSign = byte() == UInt8(ascii: "-") || byte() == UInt8(ascii: "+")
      if isSign, exponents.contains(bytes[at - 1]) { at += 1 }
    }
  }
}
