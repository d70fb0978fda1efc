import Foundation

/// Every public declaration is documented, where it stands or at the protocol that requires it.
enum DocumentationRules {
  /// Requirements of the standard library's protocols, documented there.
  private static let standardRequirements: Set<String> = [
    "hash", "description", "debugDescription", "startIndex", "endIndex", "index", "indices",
    "makeIterator", "next", "count", "encode", "customMirror", "id", "rawValue", "errorDescription",
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
      !words.contains("import"), !words.contains("extension"),
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
    case "func" where line.contains("static func") && !name.first!.isLetter: return true
    case "func" where operators(line): return true
    case "init":
      return requirements.contains(initializer(line))
        || standardInitializers.contains { line.contains("init(\($0)") }
    case "subscript": return line.contains("(position:") || line.contains("(index:")
    default: return standardRequirements.contains(name) || requirements.contains(name)
    }
  }

  /// `==` and `<`, which mean what they mean everywhere.
  private static func operators(_ line: String) -> Bool {
    line.contains("func == (") || line.contains("func < (") || line.contains("func ==(")
  }

  /// Whether some documentation of the file speaks of a property by name.
  private static func isDescribed(_ name: String, _ source: SourceText) -> Bool {
    source.comments.contains {
      $0.contains("///") && ($0.contains("`\(name)`") || $0.contains("Parameter \(name):"))
    }
  }
}
