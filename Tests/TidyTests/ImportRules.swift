/// Imports point down the layer table of the manifest.
enum ImportRules {
  /// The layer from which Foundation may be used, and the one for its network part.
  private static let foundationLayer = 5
  private static let networkLayer = 7

  static func check(_ source: SourceText, _ manifest: Manifest) -> [Violation] {
    guard let row = manifest.row(of: source.target) else { return [] }
    return imports(source).compactMap { line, module in
      complaint(module, row, manifest).map {
        Violation(rule: "import", path: source.path, line: line, complaint: $0)
      }
    }
  }

  private static func complaint(_ module: String, _ row: Manifest.Row, _ manifest: Manifest)
    -> String?
  {
    switch module {
    case "Foundation" where row.layer < foundationLayer:
      return "layer \(row.layer) may not use Foundation"
    case "FoundationNetworking" where row.layer < networkLayer:
      return "layer \(row.layer) may not use FoundationNetworking"
    default:
      guard manifest.row(of: module) != nil, !row.uses.contains(module) else { return nil }
      return "\(row.name) may not use \(module): the table does not list it"
    }
  }

  /// What the rows of the table list, and no file of the target imports.
  static func unused(_ sources: [SourceText], _ manifest: Manifest) -> [Violation] {
    manifest.rows.flatMap { row in
      let used = sources.filter { $0.target == row.name }.flatMap { imports($0).map(\.module) }
      return row.uses.filter { !used.contains($0) }.map {
        Violation(
          rule: "import", path: "Package.swift", line: 0,
          complaint: "the row of \(row.name) lists \($0), which it does not import")
      }
    }
  }

  /// The modules that a file imports, with their lines.
  static func imports(_ source: SourceText) -> [(line: Int, module: String)] {
    let kinds: Set<Substring> = [
      "struct", "class", "enum", "protocol", "typealias", "func", "var", "let",
    ]
    return source.code.enumerated().compactMap { index, line in
      let words = line.words
      guard let keyword = words.firstIndex(of: "import") else { return nil }
      let rest = words[(keyword + 1)...].drop { kinds.contains($0) }
      guard let module = rest.first, !line.contains("(import") else { return nil }
      return (index + 1, String(module))
    }
  }
}
