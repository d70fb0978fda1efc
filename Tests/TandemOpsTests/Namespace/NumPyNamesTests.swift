import Foundation
import Testing

/// The table of NumPy's names: `Tests/Fixtures/numpy_names.txt` says what each is here and which
/// fixtures stand for it; what is checked follows from the tests. The page of the documentation is
/// written by `TANDEM_WRITE_TABLES=1 swift test --filter NumPyNamesTests`, and compared otherwise.
@Suite struct NumPyNamesTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let page = tests.deletingLastPathComponent()
    .appending(path: "Sources/Tandem/Tandem.docc/NumPyNames.md")

  private static func table() throws -> NumPyNamesTable {
    let list = tests.appending(path: "Fixtures/numpy_names.txt")
    return try NumPyNamesTable(String(contentsOf: list, encoding: .utf8), CheckedNames(tests))
  }

  @Test func pageIsThatOfTheTests() throws {
    let text = try NumPyNamesTests.table().text
    if ProcessInfo.processInfo.environment["TANDEM_WRITE_TABLES"] == "1" {
      try text.write(to: NumPyNamesTests.page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: NumPyNamesTests.page, encoding: .utf8) == text)
  }

  /// Of each area at least 95 % of the names have all three checks, or a reason that is no gap.
  @Test func shares() throws {
    let areas = try NumPyNamesTests.table().areas
    #expect(areas.count == 3)
    for area in areas {
      let gaps = NumPyNamesTable.gaps.reduce(0) { $0 + (area.reasons[$1] ?? 0) }
      #expect(Double(area.count - gaps) >= 0.95 * Double(area.count), "\(area.title): \(gaps)")
      #expect(area.complete + area.reasons.values.reduce(0, +) == area.count, "\(area.title)")
    }
  }

  /// Every suite that a reason names is one, and what is checked elsewhere names its suite.
  @Test func reasonsNameSuites() throws {
    let folder = NumPyNamesTests.tests
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    let sources = try paths.filter { $0.hasSuffix("Tests.swift") }.map {
      try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
    }
    let suites = Set(sources.flatMap { $0.matches(of: /struct (\w+Tests)\b/).map { $0.1 } })
    for reason in try NumPyNamesTests.table().reasons {
      let named = reason.matches(of: /\w+Tests\b/).map(\.0)
      #expect(named.allSatisfy { suites.contains($0) }, "\(reason)")
      #expect(!named.isEmpty || !reason.hasPrefix("elsewhere"), "\(reason)")
    }
  }
}
