/// Sizes of files, functions and lines.
enum SizeRules {
  static let fileLinesMax = 500
  static let functionLinesMax = 70
  static let columnsMax = 100
  static let exampleLinesMax = 150

  static func check(_ source: SourceText) -> [Violation] {
    fileSize(source) + columns(source) + functions(source)
  }

  static func fileSize(_ source: SourceText) -> [Violation] {
    let isExample = source.path.hasPrefix("Sources/Examples/")
    let limit = isExample ? exampleLinesMax : fileLinesMax
    guard source.lines.count > limit else { return [] }
    return [
      Violation(
        rule: "file size", path: source.path, line: 0,
        complaint: "\(source.lines.count) lines, at most \(limit)")
    ]
  }

  static func columns(_ source: SourceText) -> [Violation] {
    source.lines.enumerated().compactMap { index, line in
      guard line.utf8.count > columnsMax, line.count > columnsMax else { return nil }
      return Violation(
        rule: "line length", path: source.path, line: index + 1,
        complaint: "\(line.count) columns, at most \(columnsMax)")
    }
  }

  static func functions(_ source: SourceText) -> [Violation] {
    let bodies = source.path.hasSuffix(".swift") ? swiftBodies(source) : cBodies(source)
    return bodies.compactMap { body in
      guard body.count > functionLinesMax else { return nil }
      return Violation(
        rule: "function size", path: source.path, line: body.lowerBound + 1,
        complaint: "\(body.count) lines, at most \(functionLinesMax)")
    }
  }

  private static let functionWords: Set<Substring> = ["func", "init", "subscript", "deinit"]
  private static let modifiers: Set<Substring> = [
    "public", "package", "internal", "private", "fileprivate", "open", "static", "class", "final",
    "override", "mutating", "nonmutating", "consuming", "borrowing", "required", "convenience",
    "prefix", "postfix", "infix", "nonisolated", "isolated", "indirect",
  ]

  /// The lines of each function, from the line of its `func`, `init`, … to its closing brace.
  private static func swiftBodies(_ source: SourceText) -> [Range<Int>] {
    source.code.indices.compactMap { index in
      let words = source.code[index].words
      guard
        let word = words.first(where: {
          !modifiers.contains($0) && !isAttribute($0, source.code[index])
        }),
        functionWords.contains(word), !source.code[index].contains(".\(word)")
      else { return nil }
      return body(from: index, after: word, in: source.code)
    }
  }

  private static func isAttribute(_ word: Substring, _ line: String) -> Bool {
    line.contains("@\(word)") || line.contains("(\(word))")
  }

  /// From a declaration's line to the brace that closes its body; `nil` for a requirement without.
  private static func body(from start: Int, after word: Substring, in code: [String]) -> Range<Int>?
  {
    var (braces, parentheses) = (0, 0)
    for index in start..<code.count {
      if index > start && braces == 0 && parentheses == 0 && startsDeclaration(code[index]) {
        return nil
      }
      for byte in code[index].utf8 {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
        case UInt8(ascii: "{"): braces += 1
        case UInt8(ascii: "}"):
          braces -= 1
          if braces < 0 { return nil }
          if braces == 0 && parentheses == 0 { return start..<index + 1 }
        default: break
        }
      }
    }
    return nil
  }

  private static func startsDeclaration(_ line: String) -> Bool {
    guard let first = line.words.first else { return false }
    let starts: Set<Substring> = [
      "func", "init", "subscript", "var", "let", "associatedtype", "case",
    ]
    return starts.contains(first) || modifiers.contains(first)
  }

  /// Functions of C: braces at the outermost level that follow a parenthesis.
  private static func cBodies(_ source: SourceText) -> [Range<Int>] {
    var (depth, start, last) = (0, -1, UInt8(0))
    var result: [Range<Int>] = []
    for (index, line) in source.code.enumerated() where line.first != "#" {
      for byte in line.utf8 where byte != UInt8(ascii: " ") {
        if byte == UInt8(ascii: "{") {
          if depth == 0 && last == UInt8(ascii: ")") { start = index }
          depth += 1
        } else if byte == UInt8(ascii: "}") {
          depth -= 1
          if depth == 0 && start >= 0 {
            result.append(start..<index + 1)
            start = -1
          }
        }
        last = byte
      }
    }
    return result
  }
}
