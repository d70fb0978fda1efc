import Foundation
import TandemOps
import Testing

/// What the tests check of each fixture: of an operator or a method (`FixtureTests`,
/// `GradientTests`, `MethodGradientTests`, `CompiledOperatorTests`), of a function
/// (`NamespaceTests`), of a sampler (`SamplerChecksTests`), of a distribution
/// (`DistributionTests`).
struct CheckedNames {
  private let operators: Set<String>
  private let differentiated: Set<String>
  private let methods: Set<String>
  private let samplers: [String: Set<Substring>]
  /// Distributions, and whether their gradient is compared.
  private let distributions: [String: Bool]
  /// Distributions of which two are compared.
  private let divergences: Set<String>

  /// - Parameter tests: the folder of all tests.
  init(_ tests: URL) throws {
    operators = Set(
      try FixtureFile.names.flatMap { try FixtureFile($0).cases.map(\.operator) })
    differentiated = Set(GradientCase.all.map { type(of: $0.op).name })
    methods = try MethodGradientTests.methods()
    let lines = try String(
      contentsOf: tests.appending(path: "Fixtures/sampler_checks.txt"), encoding: .utf8
    ).split(separator: "\n").map { $0.split(separator: ": ") }
    samplers = Dictionary(
      uniqueKeysWithValues: lines.map { (String($0[0]), Set($0[1].split(separator: " "))) })
    let data = try Data(contentsOf: tests.appending(path: "Fixtures/distributions.json"))
    let items = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
    distributions = items.reduce(into: [:]) { found, item in
      found[item["type"] as? String ?? ""] = !(item["slope"] is NSNull)
    }
    divergences = Set(
      items.filter { $0["divergence"] is [Any] }.compactMap { $0["type"] as? String })
  }

  /// What is checked of a name for which these fixtures stand.
  func row(_ fixtures: [String]) throws -> (gradient: String, compiled: String) {
    let checks = try fixtures.map(checks)
    func joined(_ words: [String]) -> String {
      Set(words).sorted(by: >).joined(separator: ", ")
    }
    return (joined(checks.map(\.gradient)), joined(checks.map(\.compiled)))
  }

  private func checks(_ fixture: String) throws -> (gradient: String, compiled: String) {
    let parts = fixture.split(separator: ".")
    if parts.count == 2 {
      return (try random(parts[0], parts[1]) ? "yes" : "none", "yes")
    }
    if let function = NamespaceTests.functions[fixture] {
      return (
        function.checks == .compiledAndGradient ? "yes" : "none",
        function.checks == .eagerOnly ? "waits" : "yes"
      )
    }
    try #require(operators.contains(fixture), "no fixture \(fixture)")
    guard let type = Catalog.standard.first(where: { $0.name == fixture }) else {
      return (methods.contains(fixture) ? "yes" : "none", "yes")
    }
    if type is any NonDifferentiableOp.Type { return ("none", "yes") }
    #expect(differentiated.contains(fixture), "no gradient check of \(fixture)")
    return ("yes", "yes")
  }

  /// Whether there is a gradient of a sampler or distribution, which must be in a test.
  private func random(_ kind: Substring, _ name: Substring) throws -> Bool {
    if kind == "divergence" {
      try #require(divergences.contains(String(name)), "\(name)")
      return true
    }
    if kind == "distribution" {
      return try #require(distributions[String(name)] as Bool?, "\(name)")
    }
    try #require(samplers["distribution"]?.contains(name) == true, "no test of \(name)")
    let hasGradient = samplers["gradient"]?.contains(name) == true
    #expect(hasGradient || samplers["none"]?.contains(name) == true, "\(name)")
    return hasGradient
  }
}
