/// Promises that the compiler does not check stand in listed files only.
enum SendableRules {
  static func check(_ source: SourceText, allowed: [String: String]) -> [Violation] {
    guard allowed[source.path] == nil else { return [] }
    return source.code.enumerated().flatMap { index, line in
      ["@unchecked Sendable", "nonisolated(unsafe)"].filter { line.contains($0) }.map {
        Violation(
          rule: "unchecked", path: source.path, line: index + 1,
          complaint: "\($0) in a file that uncheckedSendableFiles does not list")
      }
    }
  }

  /// Files of the list that are gone or promise nothing any more.
  static func stale(_ sources: [SourceText], allowed: [String: String]) -> [Violation] {
    allowed.keys.sorted().compactMap { path in
      let source = sources.first { $0.path == path }
      let promises = source.map { !check($0, allowed: [:]).isEmpty } ?? false
      return promises
        ? nil
        : Violation(rule: "unchecked", path: path, line: 0, complaint: "listed without need")
    }
  }
}
