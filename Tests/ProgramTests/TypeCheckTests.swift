import Foundation
import Testing

/// Formulas as users write them stay cheap to type-check: operators are declared so that they do.
struct TypeCheckTests {
  static let expressionMillisecondsMax = 100

  /// What the compiler says about a file that imports the built module.
  private func typecheck(_ path: String, millisecondsMax: Int) throws -> Program.Outcome {
    try Program(path: "/usr/bin/env").run([
      "swiftc", "-typecheck", "-swift-version", "6", "-parse-as-library", path,
      "-I", Program.debugFolder + "/Modules", "-I", Program.root + "/Sources/CTandem/include",
      "-Xfrontend", "-solver-expression-time-threshold=1", "-Xfrontend",
      "-warn-long-expression-type-checking=\(millisecondsMax)",
    ])
  }

  @Test("sixteen formulas of users compile without a warning, none over 100 ms")
  func expressions() throws {
    let path = Program.root + "/Tests/Fixtures/expressions.swift"
    let source = try String(contentsOfFile: path, encoding: .utf8)
    #expect(source.split(separator: "\n").filter { $0.hasPrefix("func ") }.count == 16)
    var outcome = try typecheck(path, millisecondsMax: TypeCheckTests.expressionMillisecondsMax)
    // The compiler reads the wall clock, and other tests run beside it: noise only adds.
    for _ in 1..<5 where outcome.errors.contains("ms to type-check") {
      outcome = try typecheck(path, millisecondsMax: TypeCheckTests.expressionMillisecondsMax)
    }
    #expect(outcome.errors == "")
    #expect(outcome.status == 0)
  }

  @Test("the check sees an expression that is too slow, and one that is wrong")
  func planted() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tandem-typecheck-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let slow = folder.appendingPathComponent("slow.swift")
    try """
    func slow(_ a: Double) -> [Double] { [a, 1, -a].map { $0 * 2 - 1 } }
    """.write(to: slow, atomically: true, encoding: .utf8)
    let outcome = try typecheck(slow.path, millisecondsMax: 1)
    #expect(outcome.errors.contains("ms to type-check (limit: 1ms)"), "\(outcome)")
    try "let a: Int = \"a\"".write(to: slow, atomically: true, encoding: .utf8)
    let wrong = try typecheck(slow.path, millisecondsMax: 1)
    #expect(wrong.errors.contains("cannot convert"))
    #expect(wrong.status != 0)
  }
}
