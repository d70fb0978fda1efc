import CTandem
import Foundation
import Testing

@testable import TandemShapes

/// What is made of the answers of outside tools, good, odd and none. Each test is a process of its
/// own, because it changes `PATH`.
struct SymbolizerToolTests {
  /// Runs `body` with one program, a shell script, alone in `PATH`.
  private static func with<T>(
    _ name: String, _ script: String, _ body: () throws -> T
  ) throws -> T {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tandem-tools-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent(name).path
    try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(chmod(path, 0o755) == 0)
    setenv("PATH", folder.path, 1)
    return try body()
  }

  private static func place() -> String? {
    let address = ownAddress()
    return CallSite.Symbolizer.tool.place(of: address)
  }

  /// An address inside the test's own code.
  private static func ownAddress() -> UInt { UInt(bitPattern: tandemReturnAddress()) }

  private static func answer(_ name: String, _ text: String) throws -> String? {
    try with(name, "printf '\(text)'", place)
  }

  @Test("file and line are cut out of what each tool prints")
  func answers() async {
    await #expect(processExitsWith: .success) {
      let llvm = try SymbolizerToolTests.answer("llvm-symbolizer", "/a b/x.swift:30:5\\n\\n")
      #expect(llvm == "x.swift:30")
      let generated = try SymbolizerToolTests.answer("llvm-symbolizer", "C:/x.swift:7:0\\n")
      #expect(generated == "x.swift:7")
    }
    await #expect(processExitsWith: .success) {
      let gnu = try SymbolizerToolTests.answer("addr2line", "/a/y.swift:12 (discriminator 3)\\n")
      #expect(gnu == "y.swift:12")
    }
  }

  @Test("a tool that does not know, or prints nonsense, knows nothing")
  func nonsense() async {
    await #expect(processExitsWith: .success) {
      for text in ["??:0:0\\n", "??:?\\n", "x.swift:0:0\\n", "", "\\n", ":30\\n", "x.swift\\n"] {
        let place = try SymbolizerToolTests.answer("llvm-symbolizer", text)
        #expect(place == nil, "\(text)")
      }
    }
  }

  @Test("a tool that fails, or none at all, is no harm")
  func absent() async {
    await #expect(processExitsWith: .success) {
      let failed = try SymbolizerToolTests.with(
        "llvm-symbolizer", "exit 3", SymbolizerToolTests.place)
      #expect(failed == nil)
      setenv("PATH", "/nowhere", 1)
      #expect(SymbolizerToolTests.place() == nil)
    }
  }

  @Test("a tool that never answers is stopped at the deadline")
  func hanging() async {
    await #expect(processExitsWith: .success) {
      let script = "exec /usr/bin/tail -f /dev/null"
      let took = try SymbolizerToolTests.with("llvm-symbolizer", script) {
        ContinuousClock().measure {
          var buffer = [CChar](repeating: 0, count: 64)
          let address = SymbolizerToolTests.ownAddress()
          #expect(tandem_symbolize_with_tool(address, 50, &buffer, buffer.count) == 0)
        }
      }
      #expect(took >= .milliseconds(50) && took < .seconds(5))
    }
  }
}
