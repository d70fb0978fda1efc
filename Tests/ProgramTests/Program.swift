import Foundation
import Testing

/// A release program of this package, run from outside.
struct Program {
  /// What a finished process left behind.
  struct Outcome {
    let output: String
    let errors: String
    /// The exit status, or minus the signal that ended the process.
    let status: Int32

    var lastLine: String { String(output.split(separator: "\n").last ?? "") }
    var firstError: String { String(errors.split(separator: "\n").first ?? "") }
  }

  let path: String

  /// The root of the package.
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Where the products of the build are that this test is part of.
  static let debugFolder: String = {
    let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
    let line = maps.split(separator: "\n").first { $0.hasSuffix(".xctest") } ?? ""
    let path = line.firstIndex(of: "/").map { String(line[$0...]) } ?? root + "/.build/debug/x"
    return URL(fileURLWithPath: path).deletingLastPathComponent().path
  }()

  /// Where the release products are, which `make test` builds first.
  static let releaseFolder =
    URL(fileURLWithPath: debugFolder).deletingLastPathComponent().path + "/release"

  /// A release product of this package.
  init(_ product: String) throws {
    path = Program.releaseFolder + "/" + product
    try #require(
      FileManager.default.isExecutableFile(atPath: path),
      "\(product) is missing: swift build -c release --product \(product)")
  }

  init(path: String) { self.path = path }

  /// Runs the program to its end, in a folder; both streams are read to theirs.
  func run(
    _ arguments: [String] = [], environment: [String: String] = [:], in folder: URL? = nil
  ) throws -> Outcome {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment
      .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
      .merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let errorBytes = Bytes()
    let reader = Thread { errorBytes.finish(errors.fileHandleForReading.readDataToEndOfFile()) }
    reader.start()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let errorText = String(decoding: errorBytes.wait(), as: UTF8.self)
    process.waitUntilExit()
    let status = process.terminationStatus
    return Outcome(
      output: text, errors: errorText,
      status: process.terminationReason == .uncaughtSignal ? -status : status)
  }
}

/// Bytes that another thread delivers once.
private final class Bytes: @unchecked Sendable {
  // `data` is written before the semaphore is signalled and read after it was waited for.
  private var data = Data()
  private let ready = DispatchSemaphore(value: 0)

  func finish(_ all: Data) {
    data = all
    ready.signal()
  }

  func wait() -> Data {
    ready.wait()
    return data
  }
}
