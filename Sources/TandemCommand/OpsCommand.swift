import ArgumentParser
import Tandem

/// `tandem ops`: the table of operators, from the catalog.
struct OpsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ops", abstract: "Prints the table of operators.",
    discussion: "Names and versions are those in saved graphs; the table is Markdown.")

  @Argument(help: "Only operators whose names contain this.")
  var filter: String = ""

  func run() {
    print("| operator | version | gradient | type |")
    print("| --- | --: | --- | --- |")
    let types = Catalog.standard.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    for type in types where filter.isEmpty || type.name.contains(filter) {
      let gradient = type is any NonDifferentiableOp.Type ? "none" : "yes"
      print("| `\(type.name)` | \(type.version) | \(gradient) | `\(type)` |")
    }
  }
}
