import Foundation
import Testing

/// The versions of libLLVM that lie beside each other on this machine.
private enum Libraries {
  static func path(_ version: String) -> String? {
    ["x86_64-linux-gnu", "aarch64-linux-gnu"].map { "/usr/lib/\($0)/\(version)" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  static let usable = ["libLLVM-15.so.1", "libLLVM-16.so.1", "libLLVM.so.19.1"].compactMap(path)
}

/// The native tier in processes of its own: what it needs may be missing, and the process may end
/// or fork while it works. Results never depend on it.
@Suite("the native tier of loop kernels")
struct NativeTierTests {
  private let probe: Program
  private let expected: String

  init() throws {
    probe = try Program("NativeProbe")
    expected = try probe.run(environment: ["TANDEM_NATIVE": "off"]).output
      .split(separator: "\n").map(String.init)[0]
  }

  private func lines(
    _ arguments: [String] = [], _ environment: [String: String] = [:]
  ) throws -> [String] {
    let outcome = try probe.run(arguments, environment: environment)
    #expect(outcome.status == 0, "\(arguments) \(environment): \(outcome.errors)")
    return Self.lines(of: outcome)
  }

  private static func lines(of outcome: Program.Outcome) -> [String] {
    let lines = outcome.output.split(separator: "\n").map(String.init)
    return lines + Array(repeating: "", count: max(0, 3 - lines.count))
  }

  @Test(
    "every libLLVM of this machine gives the interpreter's bits",
    .enabled(if: !Libraries.usable.isEmpty, "SKIPPED: no libLLVM 15 or later on this machine"))
  func versions() throws {
    for path in Libraries.usable {
      let lines = try lines([], ["TANDEM_LLVM": path])
      #expect(lines[0] == expected, "\(path)")
      #expect(lines[1] == "native", "\(path)")
      #expect(lines[2].hasPrefix("by LLVM 1"), "\(path)")
    }
  }

  @Test("off, missing and too old")
  func withoutLibrary() throws {
    #expect(
      try lines([], ["TANDEM_NATIVE": "off"])
        == [expected, "interpreter: TANDEM_NATIVE=off", "off: TANDEM_NATIVE=off"])
    let missing = try lines([], ["TANDEM_LLVM": "/nowhere/libLLVM.so"])
    #expect(missing[0] == expected)
    #expect(missing[1].hasPrefix("interpreter: "))
    #expect(missing[2] == "none: not found: /nowhere/libLLVM.so")
    guard let old = Libraries.path("libLLVM-14.so.1") else { return }
    let lines = try lines([], ["TANDEM_LLVM": old])
    #expect(lines[0] == expected)
    #expect(lines[2] == "none: libLLVM is too old: 15 or later is needed")
  }

  @Test(
    "a refusal that passes does not last",
    .enabled(if: !Libraries.usable.isEmpty, "SKIPPED: no libLLVM 15 or later on this machine"))
  func crowded() throws {
    let lines = try lines(["crowded"])
    #expect(lines[0].contains("0 kernels of 0 bytes are enough"), "\(lines)")
    #expect(!lines[0].contains("\"native\""), "\(lines)")
    #expect(lines[1].hasPrefix("[\"native\"") && !lines[1].contains("interpreter"), "\(lines)")
  }

  @Test(
    "memory that may not become executable",
    .enabled(if: !Libraries.usable.isEmpty, "SKIPPED: no libLLVM 15 or later on this machine"))
  func denied() throws {
    let outcome = try probe.run(["denied"])
    guard outcome.status != 3 else { return }
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = Self.lines(of: outcome)
    #expect(lines[0] == expected)
    // Where such a system refuses threads, too, there is nobody to find out.
    #expect(lines[1].contains("no executable memory") || lines[1].contains("no thread"))
    #expect(lines[2].hasPrefix("none: no executable memory: "))
  }

  @Test(
    "children made by fork while kernels are being compiled end",
    arguments: [[:], ["TANDEM_NATIVE": "wait"]])
  func fork(_ environment: [String: String]) throws {
    let outcome = try probe.run(["fork"], environment: environment)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let lines = Self.lines(of: outcome)
    // One waits for kernels that nobody makes there; the other is refused the region, in words.
    #expect(lines[0] == "child ended with 7 0")
    #expect(lines[1] == "child ended with 0 6")
    #expect(outcome.errors.contains("used in a child process made by fork"))
    #expect(lines[2] == expected)
  }

  @Test(
    "a kernel is printed: program, text and instructions",
    .enabled(if: !Libraries.usable.isEmpty, "SKIPPED: no libLLVM 15 or later on this machine"))
  func dump() throws {
    let outcome = try probe.run(environment: ["TANDEM_DUMP": "native"])
    for words in ["-- native dd", "loop (a: float32", "define void @kernel1", "ret"] {
      #expect(outcome.errors.contains(words), "\(words)")
    }
  }
}
