import Foundation
import Testing

/// A library built without optimisation says so, once; one built with it says nothing.
struct OptimisationTests {
  /// Compiles the file that says so into an empty program, and runs it.
  private func errors(compiledWith flag: String) throws -> String {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tandem-\(flag)-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (main, program) = (folder.path + "/main.c", folder.path + "/program")
    try "int main(void) { return 0; }\n".write(toFile: main, atomically: true, encoding: .utf8)
    // The toolchain's clang lies beside the real swiftc, which may be found through a link.
    let compile = """
      PATH=$PATH:$(dirname "$(readlink -f "$(command -v swiftc)")")
      clang "$@"
      """
    let source = Program.root + "/Sources/CTandem/optimisation.c"
    let compiler = try Program(path: "/bin/sh").run(
      ["-c", compile, "clang", flag, main, source, "-o", program])
    #expect(compiler.errors == "")
    let outcome = try Program(path: program).run()
    #expect(outcome.status == 0)
    return outcome.errors
  }

  @Test func unoptimisedSaysSo() throws {
    #expect(
      try errors(compiledWith: "-O0")
        == "tandem: built without optimisation, kernels are some 45 times slower: "
        + "build with -c release, or with -Xcc -O2\n")
  }

  @Test func optimisedSaysNothing() throws {
    #expect(try errors(compiledWith: "-O2") == "")
  }
}
