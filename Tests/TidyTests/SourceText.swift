/// The text of a Swift or C file, cut into code, comments and strings, so that a rule about one is
/// not fooled by another.
///
/// Both `code` and `comments` have the lines and columns of the file: what is not theirs is blank.
struct SourceText {
  let path: String
  /// The file as it is.
  let lines: [String]
  /// Without comments and what stands in string literals.
  let code: [String]
  /// Comments alone.
  let comments: [String]

  init(path: String, text: String) {
    self.path = path
    var cutter = TextCutter(Array(text.utf8), nestsComments: path.hasSuffix(".swift"))
    cutter.cutCode(untilParenthesis: false)
    lines = SourceText.split(text)
    code = SourceText.split(String(decoding: cutter.code, as: UTF8.self))
    comments = SourceText.split(String(decoding: cutter.comments, as: UTF8.self))
  }

  /// `Sources/TandemOps/MatMul.swift` → `MatMul.swift`.
  var name: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// `Sources/TandemOps/MatMul.swift` → `TandemOps`.
  var target: String {
    let parts = path.split(separator: "/").map(String.init)
    return parts.count > 1 ? parts[1] : ""
  }

  private static func split(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}

/// Walks over a file once and sorts its bytes into code and comments. Swift's strings may hold code
/// (`"\(x)"`), which may hold strings: hence the recursion.
private struct TextCutter {
  let bytes: [UInt8]
  let nestsComments: Bool
  var code: [UInt8]
  var comments: [UInt8]
  var position = 0

  init(_ bytes: [UInt8], nestsComments: Bool) {
    (self.bytes, self.nestsComments) = (bytes, nestsComments)
    let blank = bytes.map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") }
    (code, comments) = (blank, blank)
  }

  private func starts(_ text: StaticString) -> Bool {
    guard position + text.utf8CodeUnitCount <= bytes.count else { return false }
    return (0..<text.utf8CodeUnitCount).allSatisfy { bytes[position + $0] == text.utf8Start[$0] }
  }

  /// To the end of the file, or of the interpolation that an opening parenthesis began.
  mutating func cutCode(untilParenthesis: Bool) {
    var depth = 0
    while position < bytes.count {
      let byte = bytes[position]
      if starts("//") {
        cutLineComment()
      } else if starts("/*") {
        cutBlockComment()
      } else if byte == UInt8(ascii: "\"") {
        cutString(pounds: 0)
      } else if byte == UInt8(ascii: "#"), let pounds = poundsBeforeQuote() {
        position += pounds
        cutString(pounds: pounds)
      } else if byte == UInt8(ascii: "'"), !nestsComments {
        cutCharacter()
      } else {
        if byte == UInt8(ascii: "(") { depth += 1 }
        if byte == UInt8(ascii: ")") {
          if depth == 0 && untilParenthesis { return }
          depth -= 1
        }
        code[position] = byte
        position += 1
      }
    }
  }

  private func poundsBeforeQuote() -> Int? {
    var end = position
    while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
    return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - position : nil
  }

  private mutating func cutLineComment() {
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      comments[position] = bytes[position]
      position += 1
    }
  }

  private mutating func cutBlockComment() {
    var depth = 0
    repeat {
      var length = 1
      if starts("/*") {
        if depth == 0 || nestsComments { depth += 1 }
        length = 2
      } else if starts("*/") {
        depth -= 1
        length = 2
      }
      for _ in 0..<length where position < bytes.count {
        comments[position] = bytes[position]
        position += 1
      }
    } while depth > 0 && position < bytes.count
  }

  /// A string literal whose first quote is at `position`; the quotes count as code.
  private mutating func cutString(pounds: Int) {
    let quotes = starts("\"\"\"") ? 3 : 1
    for _ in 0..<quotes { keepAsCode() }
    while position < bytes.count {
      if isEscape(pounds: pounds) {
        position += 1 + pounds
        if position < bytes.count, bytes[position] == UInt8(ascii: "("), nestsComments {
          keepAsCode()
          cutCode(untilParenthesis: true)
          if position < bytes.count { keepAsCode() }
        } else {
          position += 1
        }
      } else if endsString(quotes: quotes, pounds: pounds) {
        for _ in 0..<quotes + pounds { keepAsCode() }
        return
      } else if quotes == 1 && bytes[position] == UInt8(ascii: "\n") {
        return
      } else {
        position += 1
      }
    }
  }

  private func isEscape(pounds: Int) -> Bool {
    bytes[position] == UInt8(ascii: "\\") && position + pounds < bytes.count
      && (0..<pounds).allSatisfy { bytes[position + 1 + $0] == UInt8(ascii: "#") }
  }

  private func endsString(quotes: Int, pounds: Int) -> Bool {
    let end = position + quotes + pounds
    guard end <= bytes.count else { return false }
    return (position..<position + quotes).allSatisfy { bytes[$0] == UInt8(ascii: "\"") }
      && (position + quotes..<end).allSatisfy { bytes[$0] == UInt8(ascii: "#") }
  }

  /// A character constant of C.
  private mutating func cutCharacter() {
    keepAsCode()
    while position < bytes.count, bytes[position] != UInt8(ascii: "'") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    if position < bytes.count { keepAsCode() }
  }

  private mutating func keepAsCode() {
    code[position] = bytes[position]
    position += 1
  }
}
