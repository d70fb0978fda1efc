/// The layer table of `Package.swift`, read from its text.
struct Manifest {
  struct Row {
    let layer: Int
    let name: String
    let uses: [String]
  }

  let rows: [Row]

  init(text: String) {
    let source = SourceText(path: "Package.swift", text: text)
    var rows: [Row] = []
    var pending = ""
    for (line, code) in zip(source.lines, source.code) {
      let start = code.trimmed
      if pending.isEmpty && !start.hasPrefix("Row(") { continue }
      pending += line.trimmed
      if code.trimmed.hasSuffix("),") || code.trimmed.hasSuffix("]") || code.trimmed == ")" {
        if let row = Manifest.row(pending) { rows.append(row) }
        pending = ""
      }
    }
    self.rows = rows
  }

  /// `Row(1, "TandemEngine", "CTandem", "TandemShapes"),`.
  private static func row(_ text: String) -> Row? {
    let fields = text.dropFirst("Row(".count).split(separator: ",").map {
      $0.filter { !" \"()]".contains($0) }
    }.filter { !$0.isEmpty }
    guard fields.count >= 2, let layer = Int(fields[0]) else { return nil }
    return Row(layer: layer, name: fields[1], uses: Array(fields.dropFirst(2)))
  }

  func row(of target: String) -> Row? { rows.first { $0.name == target } }
}

extension StringProtocol {
  var trimmed: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// The words: runs of letters, digits and underscores.
  var words: [Substring] {
    Substring(self).split { !($0.isLetter || $0.isNumber || $0 == "_") }
  }
}
