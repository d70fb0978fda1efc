import Foundation
import TestSupport
import Testing

/// `tandem run`, as users call it, with a compiler in front of the real one that counts its calls.
struct ScriptTests {
  /// A folder with a cache and the counting compiler.
  private struct Place {
    let folder = TemporaryFolder()
    let tandem: Program

    init() throws {
      tandem = try Program("tandem")
      try? FileManager.default.createDirectory(
        atPath: folder.path + "/bin", withIntermediateDirectories: true)
      let compiler = try #require(Place.compiler, "no swiftc in PATH")
      try script(
        "bin/swiftc", "#!/bin/sh\necho call >> '\(folder.path)/calls'\nexec \(compiler) \"$@\"")
    }

    /// How often the compiler was called.
    var calls: Int {
      let text = try? String(contentsOfFile: folder.path + "/calls", encoding: .utf8)
      return text?.split(separator: "\n").count ?? 0
    }

    var kept: [String] {
      let cache = folder.path + "/cache/tandem/scripts"
      return (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
    }

    var environment: [String: String] {
      let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
      return [
        "XDG_CACHE_HOME": folder.path + "/cache",
        "PATH": "\(folder.path)/bin:\(Program.releaseFolder):\(path)",
      ]
    }

    func script(_ name: String, _ text: String) throws {
      let path = folder.path + "/" + name
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    func run(_ arguments: String...) throws -> Program.Outcome {
      try tandem.run(
        ["run"] + arguments, environment: environment,
        in: URL(fileURLWithPath: folder.path))
    }

    private static let compiler: String? =
      (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .map { "\($0)/swiftc" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static let sums = """
    import Tandem
    let x = NDArray([[1, 2], [3, 4]])
    func total() -> Double { x.sum().item() }
    print(total(), CommandLine.arguments)
    """

  @Test("compiled once; anew when the script changes; its arguments are its own")
  func keepsPrograms() throws {
    let place = try Place()
    try place.script("sums.swift", ScriptTests.sums)
    for _ in 0..<2 {
      let outcome = try place.run("sums.swift", "--debug", "-x", "two words", "--", "--clean")
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.output
          == #"10.0 ["sums.swift", "--debug", "-x", "two words", "--", "--clean"]"# + "\n")
      #expect(place.calls == 1)
    }
    try place.script("sums.swift", ScriptTests.sums + "\nprint(x.mean().item())")
    #expect(try place.run("sums.swift").lastLine == "2.5")
    #expect(place.calls == 2 && place.kept.count == 2)
    #expect(try place.run("--clean", "sums.swift").lastLine == "2.5")
    #expect(place.calls == 3 && place.kept.count == 1)
    #expect(try place.run("--clean").status == 0)
    #expect(place.kept.isEmpty)
  }

  @Test("an executable file with a first line for it runs by its name, and awaits")
  func shebang() throws {
    let place = try Place()
    try place.script(
      "sine", "#!/usr/bin/env -S tandem run\n" + ScriptTests.sums + "\ntry await x.value()")
    let outcome = try Program(path: place.folder.path + "/sine").run(
      ["a"], environment: place.environment, in: URL(fileURLWithPath: "/"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output == "10.0 [\"\(place.folder.path)/sine\", \"a\"]\n")
  }

  @Test("errors of compiler, library and script show the script's lines; nothing is kept of them")
  func errors() throws {
    let place = try Place()
    try place.script("wrong.swift", "import Tandem\nlet x: NDArray = \"one\"\n")
    let wrong = try place.run("wrong.swift")
    #expect(wrong.status == 1 && wrong.output.isEmpty)
    #expect(wrong.errors.contains("wrong.swift:2:18: error: cannot convert value of type 'String'"))
    #expect(place.kept.isEmpty)
    try place.script(
      "shapes.swift", "import Tandem\nlet x = NDArray.ones([2, 3])\nprint(x.matmul(x))\n")
    let shapes = try place.run("shapes.swift")
    #expect(shapes.status == -SIGABRT || shapes.status == -SIGILL || shapes.status == -SIGTRAP)
    #expect(
      shapes.errors.contains(
        "matmul: inner axes differ: float32[2, 3], float32[2, 3] (Script/shapes.swift:3)")
        || shapes.errors.contains(
          "matmul: inner axes differ: float32[2, 3], float32[2, 3] (shapes.swift:3)"),
      "\(shapes.errors)")
    try place.script("status.swift", "import Glibc\nexit(7)\n")
    #expect(try place.run("status.swift").status == 7)
    let missing = try place.run("nothing.swift")
    #expect(missing.errors == "run: cannot read nothing.swift: No such file or directory\n")
    #expect(missing.status == 66)
    #expect(try place.run(".").errors == "run: no file: .\n")
    #expect(try place.run().errors.contains("run: which script?"))
  }

  @Test("several files; errors in the first one still have its name and lines")
  func severalFiles() throws {
    let place = try Place()
    try place.script(
      "shared.swift", "import Tandem\nlet twice = 2\nfunc f(_ x: NDArray) -> NDArray { x * 2 }\n")
    try place.script(
      "uses.swift",
      "#!/usr/bin/env -S tandem run\nimport Tandem\nprint(f(NDArray([1, 2])).sum().item())\n")
    let good = try place.run("--with", "shared.swift", "uses.swift")
    #expect(good.output == "6.0\n", "\(good.errors)")
    try place.script("uses.swift", "#!/usr/bin/env -S tandem run\nimport Tandem\ng(1)\n")
    let wrong = try place.run("--with", "shared.swift", "uses.swift")
    #expect(wrong.errors.contains("uses.swift:3:1: error: cannot find 'g' in scope"))
    let twice = try place.run("--with", "uses.swift", "uses.swift")
    #expect(twice.errors == "run: uses.swift is given twice\n")
  }

  @Test("of two that start at once both run a whole program")
  func atOnce() async throws {
    let place = try Place()
    try place.script("sums.swift", ScriptTests.sums)
    let outcomes = try await withThrowingTaskGroup(of: Program.Outcome.self) { group in
      for _ in 0..<3 { group.addTask { try place.run("sums.swift") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for outcome in outcomes { #expect(outcome.output.hasPrefix("10.0 "), "\(outcome.errors)") }
    #expect(place.kept.count == 1)
  }

  @Test("--debug is another program")
  func debug() throws {
    let place = try Place()
    try place.script("debug.swift", ScriptTests.sums)
    #expect(try place.run("--debug", "debug.swift").status == 0)
    #expect(try place.run("debug.swift").status == 0)
    #expect(place.calls == 2)
  }

  @Test("an installed tandem runs scripts with the library that was installed with it")
  func installed() throws {
    let place = try Place()
    let prefix = place.folder.path + "/prefix"
    let install = try Program(path: Program.root + "/Scripts/install").run([prefix])
    #expect(install.output == "installed: \(prefix)/bin/tandem, \(prefix)/lib/tandem\n")
    try place.script("sums.swift", ScriptTests.sums)
    let outcome = try Program(path: prefix + "/bin/tandem").run(
      ["run", place.folder.path + "/sums.swift"], environment: place.environment)
    #expect(outcome.output.hasPrefix("10.0 "), "\(outcome.errors)")
  }
}
