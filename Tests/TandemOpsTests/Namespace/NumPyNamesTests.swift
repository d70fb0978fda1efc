import Foundation
import TandemArray
import TandemOps
import TestSupport
import Testing

/// The table of NumPy's names: `Tests/Fixtures/numpy_names.txt` says what each is here and which
/// fixtures stand for it; what is checked follows from the tests. The page of the documentation is
/// written by `TANDEM_WRITE_TABLES=1 swift test --filter NumPyNamesTests`, and compared otherwise.
@Suite struct NumPyNamesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let page = root.appending(path: "Sources/Tandem/Tandem.docc/NumPyNames.md")

  @Test func pageIsThatOfTheTests() throws {
    let list = NumPyNamesTests.root.appending(path: "Tests/Fixtures/numpy_names.txt")
    let text = try NumPyNamesTests.table(String(contentsOf: list, encoding: .utf8))
    if ProcessInfo.processInfo.environment["TANDEM_WRITE_TABLES"] == "1" {
      try text.write(to: NumPyNamesTests.page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: NumPyNamesTests.page, encoding: .utf8) == text)
  }

  private static let introduction = """
    # NumPy's names

    What a name of NumPy, of `mx.npx` (`npx.`) or of MLX (`mlx.`) is called here. Made by the tests
    from what they check, with `TANDEM_WRITE_TABLES=1 swift test --filter NumPyNamesTests`.

    - **Fixture**: compared with NumPy, SciPy, or a loop that the documentation of the name says.
    - **Gradient**: compared with differences; "none" where there is none to compare.
    - **Compiled**: a compiled region gives the same bits; "waits" where a shape depends on values
      or the result is a truth value, which a region refuses in words.

    """

  private static func table(_ list: String) throws -> String {
    let facts = try Facts()
    var (text, complete, total) = (introduction, 0, 0)
    for line in list.split(separator: "\n") {
      if line.hasPrefix("# ") {
        text += "\n## \(line.dropFirst(2))\n\n"
        text += "| name | here | fixture | gradient | compiled |\n| --- | --- | --- | --- | --- |\n"
        continue
      }
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let names = fields[0].split(separator: ", ").map(String.init)
      let here = fields[1] == "-" ? "–" : quoted(calls(fields[1]))
      var columns = "– | – | \(fields[2].dropFirst()) |"
      if !fields[2].hasPrefix("!") {
        let row = try facts.row(fields[2].split(separator: ", ").map(String.init))
        columns = "yes | \(row.gradient) | \(row.compiled) |"
        complete += names.count
      }
      total += names.count
      text += "| \(quoted(names)) | \(here) | \(columns)\n"
    }
    return text + "\n\(total) names; \(complete) with fixtures.\n"
  }

  /// Calls separated by commas, of which some stand between brackets.
  private static func calls(_ text: String) -> [String] {
    var (result, depth) = ([""], 0)
    for letter in text {
      if letter == "(" || letter == "[" { depth += 1 }
      if letter == ")" || letter == "]" { depth -= 1 }
      if letter == ",", depth == 0 {
        result.append("")
      } else {
        result[result.count - 1].append(letter)
      }
    }
    return result.map { String($0.trimmingPrefix(" ")) }
  }

  private static func quoted(_ words: [String]) -> String {
    words.map { "`\($0)`" }.joined(separator: ", ")
  }

  /// What the tests check of each fixture.
  private struct Facts {
    private let operators: Set<String>
    private let differentiated: Set<String>

    init() throws {
      operators = Set(
        try FixtureFile.names.flatMap { try FixtureFile($0).cases.map(\.operator) })
      differentiated = Set(GradientCase.all.map { type(of: $0.op).name })
    }

    func row(_ fixtures: [String]) throws -> (gradient: String, compiled: String) {
      var (gradients, compiled): (Set<String>, Set<String>) = ([], [])
      for fixture in fixtures {
        if let function = NamespaceTests.functions[fixture] {
          gradients.insert(function.checks == .compiledAndGradient ? "yes" : "none")
          compiled.insert(function.checks == .eagerOnly ? "waits" : "yes")
        } else {
          try #require(operators.contains(fixture), "no fixture \(fixture)")
          let type = Catalog.standard.first { $0.name == fixture }
          let hasGradient = type.map { !($0 is any NonDifferentiableOp.Type) } ?? true
          #expect(
            type == nil || !hasGradient || differentiated.contains(fixture),
            "no gradient check of \(fixture)")
          gradients.insert(hasGradient ? "yes" : "none")
          compiled.insert("yes")
        }
      }
      return (Facts.joined(gradients), Facts.joined(compiled))
    }

    private static func joined(_ words: Set<String>) -> String {
      words.sorted(by: >).joined(separator: ", ")
    }
  }
}

/// Operators in compiled regions.
@Suite struct CompiledOperatorTests {
  /// One case of each operator for each dtype, attributes and shapes as they come: compiled, it
  /// gives the bits that it gives eagerly.
  @Test(arguments: FixtureFile.names)
  func givesTheSameBits(file name: String) throws {
    let file = try FixtureFile(name)
    var seen: Set<String> = []
    for item in file.cases {
      guard seen.insert("\(item.operator) \(item.inputs.first.map { "\($0.type)" } ?? "")").inserted
      else { continue }
      let inputs = item.inputs.map { NDArray(file.scalars($0), shape: $0.shape, dtype: $0.type) }
      let compiled = compile { (arrays: [NDArray]) in item.apply(arrays) }
      for (x, y) in zip(item.apply(inputs), compiled(inputs)) {
        let same = try x.withUnsafeBytes { Array($0) } == y.withUnsafeBytes { Array($0) }
        #expect(same && x.type == y.type, "\(item.operator)(\(item.form)): \(x), compiled \(y)")
      }
    }
  }
}
