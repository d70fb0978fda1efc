import Foundation

/// Every public declaration is documented, where it stands or at the protocol that requires it.
enum DocumentationRules {
  /// Requirements of the standard library's protocols, documented there.
  private static let standardRequirements: Set<String> = [
    "hash", "description", "debugDescription", "startIndex", "endIndex", "index", "indices",
    "makeIterator", "next", "count", "encode", "customMirror", "id", "rawValue", "errorDescription",
    "buildBlock", "buildExpression", "buildOptional", "buildEither", "buildArray",
    "buildPartialBlock", "buildFinalResult",
  ]
  private static let standardInitializers = [
    "arrayLiteral", "integerLiteral", "floatLiteral", "booleanLiteral", "stringLiteral",
    "dictionaryLiteral", "nilLiteral", "from", "rawValue",
  ]
  private static let declarations: Set<Substring> = [
    "func", "var", "let", "init", "subscript", "struct", "class", "enum", "protocol", "actor",
    "typealias", "associatedtype", "macro",
  ]

  /// The names that protocols of these files require; what implements them need not repeat it.
  static func requirements(_ sources: [SourceText]) -> Set<String> {
    var names: Set<String> = []
    for source in sources {
      var depth = 0
      for line in source.code {
        let words = line.words
        if depth == 0 {
          guard words.contains("protocol"), !line.contains("`protocol`") else { continue }
          depth = braces(line)
        } else {
          if let keyword = words.firstIndex(where: { ["func", "var"].contains($0) }),
            keyword + 1 < words.count
          {
            names.insert(String(words[keyword + 1]))
          } else if line.trimmed.hasPrefix("init") {
            names.insert(initializer(line))
          }
          depth += braces(line)
        }
      }
    }
    return names
  }

  /// `  public init(_ value: Int) {` → `init(_ value`, which tells one initialiser from another.
  private static func initializer(_ line: String) -> String {
    guard let start = line.range(of: "init")?.lowerBound else { return "init" }
    return String(line[start...].prefix { $0 != ":" })
  }

  private static func braces(_ line: String) -> Int {
    line.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "{") ? 1 : $1 == UInt8(ascii: "}") ? -1 : 0) }
  }

  static func check(_ source: SourceText, requirements: Set<String>) -> [Violation] {
    source.code.indices.compactMap { index in
      guard let (kind, name) = publicDeclaration(source.code[index]),
        !isDocumented(index, source),
        !implementsRequirement(kind, name, source.code[index], requirements),
        !(kind == "init" && isMemberwise(index, source)),
        !(["let", "var"].contains(kind) && isDescribed(name, source))
      else { return nil }
      return Violation(
        rule: "documentation", path: source.path, line: index + 1,
        complaint: "public \(kind) \(name) has none")
    }
  }

  /// The keyword and name, if the line declares something public.
  private static func publicDeclaration(_ line: String) -> (kind: String, name: String)? {
    let words = line.words
    guard let access = words.firstIndex(where: { $0 == "public" || $0 == "open" }),
      // `case .open(let` is a pattern.
      words.first != "case",
      // What is overridden is documented where it was first declared.
      Set(words).isDisjoint(with: ["import", "extension", "override"]),
      let keyword = words[access...].firstIndex(where: { declarations.contains($0) })
    else { return nil }
    // Modifiers alone may stand between the access level and the keyword.
    guard keyword - access <= 4 else { return nil }
    var kind = words[keyword]
    var next = keyword + 1
    if kind == "class", next < words.count, declarations.contains(words[next]) {
      kind = words[next]
      next += 1
    }
    let name = next < words.count && kind != "init" && kind != "subscript" ? words[next] : kind
    return (String(kind), String(name))
  }

  /// Whether the nearest line above that is neither an attribute nor blank is documentation.
  private static func isDocumented(_ index: Int, _ source: SourceText) -> Bool {
    var above = index - 1
    while above >= 0 {
      let comment = source.comments[above].trimmed
      if comment.hasPrefix("///") || comment.hasSuffix("*/") { return true }
      let code = source.code[above].trimmed
      guard code.hasPrefix("@") || comment.hasPrefix("//") && code.isEmpty else { return false }
      above -= 1
    }
    return false
  }

  private static func implementsRequirement(
    _ kind: String, _ name: String, _ line: String, _ requirements: Set<String>
  ) -> Bool {
    switch kind {
    case "func" where isOperator(line): return true
    case "init":
      return requirements.contains(initializer(line))
        || standardInitializers.contains { line.contains("init(\($0)") }
    case "subscript": return line.contains("(position:") || line.contains("(index:")
    default: return standardRequirements.contains(name) || requirements.contains(name)
    }
  }

  /// `func + (`: operators mean what they mean everywhere, or the group has one comment.
  private static func isOperator(_ line: String) -> Bool {
    guard let start = line.range(of: "func ")?.upperBound, start < line.endIndex else {
      return false
    }
    return "+-*/%<>=!&|^~.".contains(line[start])
  }

  /// Whether an initialiser takes nothing, or only properties of this file, documented there.
  private static func isMemberwise(_ index: Int, _ source: SourceText) -> Bool {
    var text = ""
    for line in source.code[index...].prefix(12) {
      text += line + " "
      if line.contains("{") { break }
    }
    guard let open = text.firstIndex(of: "("), let brace = text.firstIndex(of: "{"), open < brace
    else { return false }
    let properties = Set(
      source.code.compactMap { line -> Substring? in
        let words = line.words
        let keyword = words.firstIndex { $0 == "let" || $0 == "var" }
        return keyword.flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
      })
    return text[text.index(after: open)..<brace].split(separator: ",").allSatisfy { parameter in
      guard let colon = parameter.firstIndex(of: ":") else { return parameter.words.isEmpty }
      return parameter[..<colon].words.last.map(properties.contains) ?? false
    }
  }

  /// Whether some documentation of the file speaks of a property by name.
  private static func isDescribed(_ name: String, _ source: SourceText) -> Bool {
    source.comments.contains {
      $0.contains("///") && ($0.contains("`\(name)`") || $0.contains("Parameter \(name):"))
    }
  }
}
