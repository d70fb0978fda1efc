import Foundation

/// A process of its own, so that no workload finds what another left.
enum Child {
  struct Outcome {
    let lines: [String]
    /// Why it gave less than it should, or `nil`.
    let trouble: String?
  }

  /// Runs a program for at most `limit` seconds.
  static func run(
    _ path: String, _ arguments: [String], environment: [String: String], limit: Double
  ) -> Outcome {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch {
      return Outcome(lines: [], trouble: "cannot start \(path): \(error)")
    }
    let pid = process.processIdentifier
    let watchdog = DispatchSource.makeTimerSource(queue: .global())
    watchdog.schedule(deadline: .now() + limit)
    watchdog.setEventHandler { kill(pid, SIGKILL) }
    watchdog.resume()
    let errorText = Collector(errors)
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    watchdog.cancel()
    let complaints = errorText.wait()
    if environmentNumber("BENCH_VERBOSE", 0) != 0 {
      FileHandle.standardError.write(Data(complaints.utf8))
    }
    let lines = text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("{") }
    return Outcome(lines: lines, trouble: trouble(process, complaints, limit))
  }

  private static func trouble(_ process: Process, _ complaints: String, _ limit: Double) -> String?
  {
    let status = process.terminationStatus
    if process.terminationReason == .uncaughtSignal && status == SIGKILL {
      return "over the \(Int(limit)) s limit of one workload"
    }
    guard status != 0 || process.terminationReason == .uncaughtSignal else { return nil }
    let line = complaints.split(separator: "\n").first ?? ""
    return "process ended with \(status): \(line.prefix(200))"
  }
}

/// Reads a pipe to its end beside the reader of another.
private final class Collector: @unchecked Sendable {
  // `text` is written before the semaphore is signalled and read after it was waited for.
  private var text = ""
  private let ready = DispatchSemaphore(value: 0)

  init(_ pipe: Pipe) {
    Thread.detachNewThread { [self] in
      text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      ready.signal()
    }
  }

  func wait() -> String {
    ready.wait()
    return text
  }
}
