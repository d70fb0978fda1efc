import ArgumentParser

/// `tandem ops`: the table of operators, made by the tests from the catalog and what they check.
struct OpsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ops", abstract: "Prints the table of operators.",
    discussion: "Names and versions are those in saved graphs; the table is Markdown.")

  @Argument(help: "Only operators whose names, or NumPy's names for them, contain this.")
  var filter: String = ""

  func run() {
    print("| operator | version | NumPy | dtypes | gradient | fixture | compiled |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for line in checkedOperators.split(separator: "\n") {
      var fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard filter.isEmpty || fields[0].contains(filter) || fields[2].contains(filter) else {
        continue
      }
      fields[0] = "`\(fields[0])`"
      fields[2] = fields[2].isEmpty ? "–" : "`\(fields[2])`"
      print("| \(fields.joined(separator: " | ")) |")
    }
  }
}
