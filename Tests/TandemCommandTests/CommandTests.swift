import Foundation
import TestSupport
import Testing

/// The command `tandem`, run from outside as it lies beside these tests.
struct CommandTests {
  /// What a finished process left behind.
  private struct Outcome {
    let output: String
    let errors: String
    let status: Int32
  }

  /// Where the products of the build are that this test is part of.
  private static let folder: String = {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    let line = maps.split(separator: "\n").first { $0.hasSuffix(".xctest") } ?? ""
    let path = line.firstIndex(of: "/").map { String(line[$0...]) } ?? ".build/debug/x"
    return URL(fileURLWithPath: path).deletingLastPathComponent().path
  }()

  private func tandem(
    _ arguments: [String], environment: [String: String] = [:], in folder: TemporaryFolder,
    whileItRuns: (pid_t) throws -> Void = { _ in }
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandTests.folder + "/tandem")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    // Files, not pipes: neither stream can fill up while the other is read.
    let (output, errors) = (folder.write([], "output"), folder.write([], "errors"))
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    try process.run()
    try whileItRuns(process.processIdentifier)
    process.waitUntilExit()
    return Outcome(
      output: try String(contentsOfFile: output, encoding: .utf8),
      errors: try String(contentsOfFile: errors, encoding: .utf8),
      status: process.terminationStatus)
  }

  @Test("profile prints the table and leaves the trace; the program's output stays its own")
  func profile() throws {
    let folder = TemporaryFolder()
    let outcome = try tandem(["profile", CommandTests.folder + "/ArrayProbe"], in: folder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("elementwise 100 "))
    let table = outcome.errors.split(separator: "\n")
    #expect(table.contains { $0.hasPrefix("operator ") && $0.contains("GFLOP/s") })
    #expect(table.contains { $0.hasPrefix("linear ") })
    #expect(table.contains { $0.hasPrefix("memory taken at ") && $0.contains("peak MB") })
    #expect(table.contains { $0.hasPrefix("main.swift:") })
    #expect(outcome.errors.hasSuffix("trace: tandem-trace.json\n"))
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/tandem-trace.json"))
    let trace = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(try #require(trace["traceEvents"] as? [Any]).count > 100)
    #expect(folder.files == ["errors", "output", "tandem-trace.json"])
  }

  @Test(
    "Ctrl-C ends the program that profile runs, and the table comes all the same",
    .timeLimit(.minutes(2)))
  func profileInterrupted() throws {
    let folder = TemporaryFolder()
    let outcome = try tandem(
      ["profile", CommandTests.folder + "/ArrayProbe", "100000000"], in: folder
    ) { command in
      // To both, as the terminal does; when the program has begun to note down what it does.
      let program = try CommandTests.child(of: command)
      while try !CommandTests.catchesInterrupts(program) { sched_yield() }
      kill(command, SIGINT)
      kill(program, SIGINT)
    }
    #expect(outcome.status == 128 + SIGINT)
    #expect(outcome.errors.hasPrefix("operator "), "\(outcome.errors)")
    #expect(outcome.errors.hasSuffix("trace: tandem-trace.json\n"))
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/tandem-trace.json"))
    #expect(try JSONSerialization.jsonObject(with: data) is [String: Any])
    #expect(folder.files == ["errors", "output", "tandem-trace.json"])
  }

  /// The first child of a process, when it has one.
  private static func child(of process: pid_t) throws -> pid_t {
    while true {
      let text = try String(
        contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
      if let first = text.split(separator: " ").first { return try #require(pid_t(first)) }
      sched_yield()
    }
  }

  /// Whether a process has a handler of SIGINT.
  private static func catchesInterrupts(_ process: pid_t) throws -> Bool {
    let text = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("SigCgt:") })
    let caught = UInt64(line.dropFirst(7).drop { $0.isWhitespace }, radix: 16)
    return try #require(caught) >> UInt64(SIGINT - 1) & 1 == 1
  }

  @Test("profile passes arguments and the exit status on")
  func profilePassesOn() throws {
    let folder = TemporaryFolder()
    let outcome = try tandem(
      ["profile", "--trace", "t.json", "sh", "-c", "echo \"$0 $1\"; exit 3", "--a", "b"], in: folder
    )
    #expect(outcome.status == 3)
    #expect(outcome.output == "--a b\n")
    #expect(
      outcome.errors
        == "profile: sh left no trace: it queued no operation, or was ended by a signal "
        + "other than Ctrl-C\n"
    )
  }

  @Test("profile names a program that is not there")
  func profileOfNothing() throws {
    let outcome = try tandem(["profile", "./nothing"], in: TemporaryFolder())
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("cannot run './nothing': No such file or directory"))
  }

  @Test("ops prints the table of the documentation")
  func ops() throws {
    let outcome = try tandem(["ops"], in: TemporaryFolder())
    let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .appending(path: "Sources/TandemOps/TandemOps.docc/Operators.md")
    let table = try String(contentsOf: page, encoding: .utf8).drop { $0 != "|" }
    #expect(outcome.output == table)
    #expect(table.contains("\n| `matmul` | 1 | `numpy.matmul` |"))
    let few = try tandem(["ops", "argm"], in: TemporaryFolder())
    #expect(few.output.split(separator: "\n").count == 4)
  }

  @Test("doctor names what this machine's kernels are compiled for")
  func doctorNamesLevels() throws {
    let lines = try tandem(["doctor"], environment: [:], in: TemporaryFolder()).output
      .split(separator: "\n")
    let levels = ["baseline", "avx2", "avx512", "avx512bf16"]
    #expect(levels.contains { lines.contains("loop kernels       \($0)") })
    #expect(levels.contains { lines.contains("matrix products    \($0)") })
  }

  @Test("doctor prints the configuration")
  func doctor() throws {
    let outcome = try tandem(
      ["doctor"],
      environment: ["TANDEM_NUM_THREADS": "3", "TANDEM_DEVICES": "2,1", "TANDEM_ISA": "baseline"],
      in: TemporaryFolder())
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.contains("threads            3"))
    #expect(lines.contains("devices            cpu(0), cpu(1)"))
    #expect(lines.contains("engine             threaded"))
    #expect(lines.contains("loop kernels       baseline"))
    #expect(lines.contains("matrix products    baseline"))
    #expect(lines.contains("built              without optimisation"))
  }
}
