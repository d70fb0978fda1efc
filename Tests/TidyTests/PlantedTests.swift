import Testing

/// The checkers are checked: planted violations are found, look-alikes are not.
struct PlantedTests {
  private func source(_ text: String, path: String = "Sources/TandemOps/MatMul.swift") -> SourceText
  {
    SourceText(path: path, text: text)
  }

  @Test("strings and comments are told from code, in Swift and C")
  func cutting() {
    let text = source(
      #"""
      let a = "x // no \(f("y { }")) comment" // yes "no string"
      /* outer /* inner */ still */ let b = #"raw " \( quote"# + "\\"
      let c = """
        func many() { "quoted" \(g(")"))
        """ + d
      """#)
    #expect(text.code[0].trimmed == #"let a = "         (f("     "))        ""#)
    #expect(text.comments[0].trimmed == #"// yes "no string""#)
    #expect(text.code[1].words == ["let", "b"])
    #expect(text.code[1].hasSuffix(#"+ "  ""#))
    #expect(text.code[3].words == ["g"])
    #expect(text.code[4].trimmed == #"""" + d"#)
    let c = source(
      "/* a /* b */ int x = '\"'; char *s = \"\\\"//\"; // end", path: "Sources/CTandem/a.c")
    #expect(c.code[0].words == ["int", "x", "char", "s"])
    #expect(c.comments[0].hasSuffix("// end"))
    #expect(c.code[0].utf8.count == c.lines[0].utf8.count)
  }

  @Test("long files, functions and lines")
  func sizes() {
    let body = Array(repeating: "  x += 1", count: 69).joined(separator: "\n")
    let long = "func f() {\n\(body)\n}\n"
    #expect(SizeRules.functions(source(long)).map(\.line) == [1])
    #expect(SizeRules.functions(source("func f() {\n  x += 1\n}\n")).isEmpty)
    let fitting = Array(repeating: "  x += 1", count: 68).joined(separator: "\n")
    #expect(SizeRules.functions(source("func f() {\n\(fitting)\n}\n")).isEmpty)
    let initializer = "struct S {\n  public init(\n    a: Int = { 3 }()\n  ) {\n\(body)\n  }\n}\n"
    #expect(SizeRules.functions(source(initializer)).map(\.line) == [2])
    let requirement = "protocol P {\n  func f()\n  var x: Int { get }\n}\nstruct S {\n\(body)\n}\n"
    #expect(SizeRules.functions(source(requirement)).isEmpty)
    let c = "static int f(int a,\n  int b) {\n\(body)\n}\nstruct s {\n\(body)\n\(body)\n};\n"
    #expect(SizeRules.functions(source(c, path: "Sources/CTandem/a.c")).map(\.line) == [2])

    let lines = Array(repeating: "let x = 1", count: 501).joined(separator: "\n")
    #expect(SizeRules.fileSize(source(lines)).count == 1)
    #expect(SizeRules.fileSize(source(String(lines.dropLast(10)))).isEmpty)
    let example = Array(repeating: "f()", count: 151).joined(separator: "\n")
    #expect(SizeRules.fileSize(source(example, path: "Sources/Examples/A/main.swift")).count == 1)

    let wide = String(repeating: "é", count: 101)
    #expect(SizeRules.columns(source("// a\n" + wide)).map(\.line) == [2])
    #expect(SizeRules.columns(source(String(wide.dropLast()))).isEmpty)
  }

  @Test("banned words, whole words only, in comments and strings too")
  func words() {
    let planted = [
      "TO" + "DO", "FIX" + "ME", "a st" + "ub", "not imple" + "mented", "for " + "now",
    ]
    for word in planted {
      #expect(WordRules.unfinished(source("let a = 1 // \(word): b")).count == 1, "\(word)")
      #expect(WordRules.unfinished(source("fail(\"\(word)\")")).count == 1, "\(word)")
    }
    #expect(WordRules.unfinished(source("stubborn, hackney, for nowhere")).isEmpty)
    #expect(WordRules.fileName("Sources/TandemOps/ShapeUtils.swift").count == 1)
    #expect(WordRules.fileName("Sources/TandemOps/Shape.swift").isEmpty)
  }

  @Test("sleeping tests")
  func sleeps() {
    let call = "sle" + "ep(1)"
    let text = "try await Task.\(call)\nu\(call)\n// \(call)\nf(\"sleep\")"
    #expect(WordRules.sleeps(source(text, path: "Tests/A/a.swift")).map(\.line) == [1, 2])
  }

  @Test("paths of a machine")
  func paths() {
    let folder = "/ho" + "me/someone/x"
    #expect(WordRules.machinePath("Makefile", "a\nDATA=\(folder)").map(\.line) == [2])
    #expect(WordRules.machinePath("a.swift", "open(\"\(folder)\")").count == 1)
    #expect(WordRules.machinePath("a.md", "https://example.org\(folder)").isEmpty)
  }

  @Test("imports that point up, of any form")
  func imports() {
    let manifest = Manifest(
      text: """
        let table = [
          Row(0, "CTandem"),
          Row(0, "TandemShapes", "CTandem"),
          Row(2, "TandemOps", "CTandem", "TandemShapes"),
          Row(
            4, "TandemArray", "CTandem", "TandemShapes",
            "TandemOps"),
          Row(5, "TandemNN", "TandemArray"),
        ]
        """)
    #expect(
      manifest.rows.map(\.name) == [
        "CTandem", "TandemShapes", "TandemOps", "TandemArray", "TandemNN",
      ])
    #expect(manifest.row(of: "TandemArray")?.uses == ["CTandem", "TandemShapes", "TandemOps"])
    let upward = """
      import TandemShapes
      @testable public import TandemArray
      import struct TandemNN.Dense
      // import TandemNN
      let text = "import TandemNN"
      import Foundation
      import FoundationEssentials
      import Glibc
      """
    #expect(ImportRules.check(source(upward), manifest).map(\.line) == [2, 3, 6])
    let layer = source(upward, path: "Sources/TandemNN/Dense.swift")
    #expect(ImportRules.check(layer, manifest).map(\.line) == [1, 3])
    let lists = ImportRules.unused([layer], manifest).map(\.complaint)
    #expect(lists.contains { $0.contains("TandemOps lists CTandem") })
    #expect(!lists.contains { $0.contains("TandemNN") })
  }

  @Test("public declarations without documentation")
  func documentation() {
    let text = """
      /// Documented.
      public struct A: Sendable {
        /// Documented.
        @inlinable
        public init() {}
        public static let name = "a"
        public func lower() {}
        public let epsilon: Float
        func internalOne() {}
        // An ordinary comment is none.
        public static func make() -> A { A() }
        public static func == (lhs: A, rhs: A) -> Bool { true }
        public init(arrayLiteral: Int...) {}
        public init(_ value: Int) {}
        public override func f() {}
        public init(epsilon: Float, _ name: String) {}
        public init(other: Float) {}
        public static func .< (lhs: A, rhs: A) -> A { lhs }
        let text = "public func quoted()"
      }
      public protocol B {
        func lower()
        init(_ value: Int)
      }
      public import TandemShapes
      /// - Parameter epsilon: small
      public extension A {}
      """
    let file = source(text)
    let requirements = DocumentationRules.requirements([file])
    #expect(requirements == ["lower", "init(_ value"])
    let found = DocumentationRules.check(file, requirements: requirements)
    #expect(found.map(\.line) == [6, 11, 17, 21])
  }

  @Test("unchecked promises outside the list, and a list that is out of date")
  func unchecked() {
    let file = source("final class A: @unchecked Sendable {}\n// @unchecked Sendable\n")
    #expect(SendableRules.check(file, allowed: [:]).map(\.line) == [1])
    #expect(SendableRules.check(file, allowed: [file.path: "proved"]).isEmpty)
    #expect(
      SendableRules.stale([file], allowed: [file.path: "", "Sources/b.swift": ""]).count == 1)
  }
}
