/// Words that say that something is not finished, names that say nothing, and paths of a machine.
enum WordRules {
  /// Found in any case.
  private static let bannedWords: Set<String> = [
    "todo", "fixme", "xxx", "hack", "unimplemented", "stub", "placeholder", "simplified",
  ]
  private static let bannedPhrases = ["not implemented", "for now"]
  private static let emptyNames = ["Utils", "Helpers", "Common", "Misc", "Manager"]
  /// Written in two halves so that this file is not found itself.
  private static let machinePaths = ["/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/", "/Us" + "ers/"]

  /// For library sources: comments, strings and names alike.
  static func unfinished(_ source: SourceText) -> [Violation] {
    source.lines.enumerated().flatMap { index, line in
      let words = Set(line.words.map { $0.lowercased() })
      let phrase = " " + line.words.joined(separator: " ").lowercased() + " "
      let found =
        bannedWords.intersection(words).sorted()
        + bannedPhrases.filter { phrase.contains(" \($0) ") }
      return found.map {
        Violation(
          rule: "banned word", path: source.path, line: index + 1, complaint: "\"\($0)\"")
      }
    }
  }

  /// For tests: they wait for what happens, not for time to pass.
  static func sleeps(_ source: SourceText) -> [Violation] {
    source.code.enumerated().compactMap { index, line in
      let words = line.words
      guard
        let call = words.firstIndex(where: { ["sleep", "usleep", "nanosleep"].contains($0) }),
        // A model of a futex may have a function of that name.
        call == 0 || words[call - 1] != "func"
      else { return nil }
      return Violation(
        rule: "sleep", path: source.path, line: index + 1, complaint: "a test that sleeps")
    }
  }

  static func fileName(_ path: String) -> [Violation] {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return emptyNames.filter { name.contains($0) }.map {
      Violation(rule: "file name", path: path, line: 0, complaint: "\"\($0)\" names no concept")
    }
  }

  /// For every text file: a path that only one machine has.
  static func machinePath(_ path: String, _ text: String) -> [Violation] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .flatMap { index, line in
        machinePaths.filter { isAbsolute($0, in: line) }.map {
          Violation(
            rule: "machine path", path: path, line: index + 1, complaint: "holds \($0)…")
        }
      }
  }

  /// Whether the path begins a word: `network/work/x` and `https://a/home/` are none of a machine.
  private static func isAbsolute(_ path: String, in line: Substring) -> Bool {
    let (text, wanted) = (Array(line.utf8), Array(path.utf8))
    guard text.count >= wanted.count else { return false }
    return (0...text.count - wanted.count).contains { start in
      guard text[start..<start + wanted.count].elementsEqual(wanted) else { return false }
      guard start > 0 else { return true }
      return " \"'(=:,`<".utf8.contains(text[start - 1])
    }
  }
}
