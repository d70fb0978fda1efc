import Testing

/// The house style, checked on every file of the package.
struct TidyTests {
  private var library: [SourceText] {
    Tree.sources.filter { $0.path.hasPrefix("Sources/") }
  }

  /// Without what is exempt; reports what is left, all of it in one message.
  private func expectNone(_ violations: [Violation]) {
    let left = violations.filter { violation in
      !exemptions.contains { $0.rule == violation.rule && $0.path == violation.path }
    }
    guard !left.isEmpty else { return }
    let list = left.map(\.description).joined(separator: "\n")
    Issue.record("\(left.count) places:\n\(list)")
  }

  @Test("files, functions and lines are short")
  func sizes() {
    #expect(Tree.sources.count > 30)
    expectNone(Tree.sources.flatMap(SizeRules.check))
  }

  @Test("file names name a concept")
  func fileNames() { expectNone(Tree.paths.flatMap(WordRules.fileName)) }

  @Test("nothing in the library says that it is unfinished")
  func bannedWords() { expectNone(library.flatMap(WordRules.unfinished)) }

  @Test("tests do not sleep")
  func sleeps() {
    expectNone(Tree.sources.filter { $0.path.hasPrefix("Tests/") }.flatMap(WordRules.sleeps))
  }

  @Test("no file holds a path of one machine")
  func machinePaths() {
    expectNone(
      Tree.paths.flatMap { path in Tree.text(path).map { WordRules.machinePath(path, $0) } ?? [] })
  }

  @Test("imports point down the layer table")
  func imports() {
    #expect(Tree.manifest.rows.count > 5)
    expectNone(library.flatMap { ImportRules.check($0, Tree.manifest) })
    expectNone(ImportRules.unused(library, Tree.manifest))
  }

  @Test("public declarations are documented")
  func documentation() {
    let sources = library.filter { !$0.path.hasPrefix("Sources/Examples/") }
    let requirements = DocumentationRules.requirements(sources)
    expectNone(sources.flatMap { DocumentationRules.check($0, requirements: requirements) })
  }

  @Test("unchecked promises stand in listed files")
  func unchecked() {
    expectNone(library.flatMap { SendableRules.check($0, allowed: uncheckedSendableFiles) })
    expectNone(SendableRules.stale(library, allowed: uncheckedSendableFiles))
  }

  @Test("every environment variable that the library reads stands in the table")
  func environmentVariables() {
    let table = Tree.text("Sources/Tandem/Tandem.docc/Tandem.md") ?? ""
    var names: Set<Substring> = []
    for path in Tree.paths where path.hasPrefix("Sources/") && Tree.isSource(path) {
      names.formUnion((Tree.text(path) ?? "").matches(of: /"(TANDEM_[A-Z_]+)"/).map(\.output.1))
    }
    #expect(names.count > 10)
    #expect(names.filter { !table.contains("`\($0)`") } == [])
  }

  @Test("every target has tests of its own")
  func targetsAreTested() {
    // The C target is tested through those who call it, the umbrella by the programs.
    let elsewhere = ["CTandem", "Tandem"]
    for row in Tree.manifest.rows where !elsewhere.contains(row.name) {
      let tests = Tree.sources.filter { $0.path.hasPrefix("Tests/\(row.name)Tests/") }
      let count = tests.flatMap(\.code).filter { $0.contains("@Test") }.count
      #expect(count > 0, "\(row.name) has no tests")
    }
  }

  @Test("at most ten exemptions, each needed and each with a reason")
  func exemptionList() {
    for exemption in exemptions { print(exemption) }
    #expect(exemptions.count <= 10)
    let all =
      Tree.sources.flatMap(SizeRules.check) + library.flatMap(WordRules.unfinished)
      + Tree.paths.flatMap(WordRules.fileName)
    for exemption in exemptions {
      #expect(exemption.reason.words.count > 3)
      #expect(
        all.contains { $0.rule == exemption.rule && $0.path == exemption.path },
        "no longer needed: \(exemption)")
    }
  }
}
