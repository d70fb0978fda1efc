import Foundation
import Testing

/// The table that `tandem ops` prints: written by
/// `TANDEM_WRITE_TABLES=1 swift test --filter OperatorTableTests`, and compared otherwise.
@Suite struct OperatorTableTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private func compare(_ path: String, with text: String) throws {
    let file = OperatorTableTests.root.appending(path: path)
    if ProcessInfo.processInfo.environment["TANDEM_WRITE_TABLES"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(path)")
  }

  @Test func tableIsThatOfTheTests() throws {
    let table = try OperatorTable(OperatorTableTests.root.appending(path: "Sources/TandemOps"))
    let rows = table.rows.map { "  \($0.fields.joined(separator: "|"))\n" }.joined()
    try compare(
      "Sources/TandemCommand/CheckedOperators.swift",
      with: """
        /// What the tests check of each operator, in the columns of `tandem ops`. The tests write
        /// this file: `TANDEM_WRITE_TABLES=1 swift test --filter OperatorTableTests`.
        let checkedOperators = \"""
        \(rows)  \"""

        """)
    try compare(
      "Sources/TandemOps/TandemOps.docc/Operators.md",
      with: """
        # Operators

        What `tandem ops` prints; the tests make this page from the catalog and from what they
        check: `TANDEM_WRITE_TABLES=1 swift test --filter OperatorTableTests`. The names and
        versions are those of saved graphs. Functions that are made of several operators stand in
        the table of NumPy's names, with the operators' methods.

        - **dtypes**: those that the first input may have; of random operators the ones that are
          asked for.
        - **gradient**: compared with differences, or "none" where none flows.
        - **fixture**: which library the expected numbers are from (SciPy's are with NumPy's), or
          the suites that hold the operator to something else.
        - **compiled**: a compiled region gives the same bits.

        \(table.text)
        """)
  }
}
