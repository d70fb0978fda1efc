import Foundation

/// Times the workloads of the peers' README; speaks their command line and prints their lines.
@main
enum Main {
  static func main() {
    let arguments: Arguments
    do { arguments = try Arguments(Array(CommandLine.arguments.dropFirst())) } catch {
      FileHandle.standardError.write(Data("bench: \(error.message)\n".utf8))
      exit(2)
    }
    if let name = ProcessInfo.processInfo.environment["BENCH_CHILD"] {
      runHere(name, arguments)
    } else {
      Processors.pin(arguments.threads)
      for variable in threadVariables { setenv(variable, "\(arguments.threads)", 1) }
      runAll(arguments)
    }
  }

  private static let threadVariables = [
    "TANDEM_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
  ]

  /// Each workload in a process of its own, one after another.
  private static func runAll(_ arguments: Arguments) {
    let start = now()
    let isAll = arguments.workloads == "all"
    let total = environmentNumber("BENCH_TOTAL_S", isAll ? 360 : 1e9)
    let limit = environmentNumber("BENCH_LIMIT_S", 150)
    for name in arguments.names {
      Processors.waitUntilQuiet(seconds: environmentNumber("BENCH_WAIT_QUIET_S", 0))
      let left = total - (now() - start)
      if let reason = reasonToSkip(name, secondsLeft: left) {
        Line.skip(name, threads: arguments.threads, reason)
      } else if name == "startup" {
        Startup.measure(threads: arguments.threads, samples: arguments.samples)
      } else {
        for mode in modes(of: name, arguments) {
          runChild(name, mode, arguments, limit: min(limit, left))
        }
      }
    }
  }

  /// The asked modes that the workload has; says so of one that is asked for and not there.
  private static func modes(of name: String, _ arguments: Arguments) -> [String] {
    if arguments.mode == "eager" { return ["eager"] }
    guard Workload.named(name).contains(where: { $0.prepareCompiled != nil }) else {
      if arguments.mode == "all" { return ["eager"] }
      Line.skip(name, threads: arguments.threads, mode: "compiled", "has no compiled form")
      return []
    }
    return arguments.mode == "all" ? ["eager", "compiled"] : ["compiled"]
  }

  private static func reasonToSkip(_ name: String, secondsLeft: Double) -> String? {
    if !Names.all.contains(name) { return "unknown workload" }
    if name != "startup" && Workload.named(name).isEmpty {
      return "not there yet"
    }
    return secondsLeft < 5 ? "time budget of this run used up" : nil
  }

  private static func runChild(
    _ name: String, _ mode: String, _ arguments: Arguments, limit: Double
  ) {
    let outcome = Child.run(
      "/proc/self/exe",
      [
        "--workload", name, "--threads", "\(arguments.threads)", "--repeat",
        "\(arguments.samples)", "--mode", mode,
      ],
      environment: ["BENCH_CHILD": name], limit: limit)
    for line in outcome.lines { print(line) }
    fflush(nil)
    if let trouble = outcome.trouble {
      Line.skip(name, threads: arguments.threads, trouble)
    }
  }

  private static func runHere(_ name: String, _ arguments: Arguments) {
    for workload in Workload.named(name) { runHere(name, workload, arguments) }
  }

  private static func runHere(_ name: String, _ workload: Workload, _ arguments: Arguments) {
    let mode = arguments.mode
    if mode == "compiled", workload.prepareCompiled == nil { return }
    do {
      if name.hasPrefix(Workload.peakPrefix) {
        return try reportPeak(name, workload, mode, threads: arguments.threads)
      }
      let result = try Measurement(of: workload, mode: mode, samples: arguments.samples)
      report(workload, mode, result, threads: arguments.threads)
    } catch {
      Line.skip(name, threads: arguments.threads, mode: mode, "error: \(error)")
    }
  }

  /// The most memory that the process ever had resident, after one sample of a workload.
  private static func reportPeak(
    _ name: String, _ workload: Workload, _ mode: String, threads: Int
  ) throws {
    let result = try Measurement(of: workload, mode: mode, samples: 1)
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    var line = Line(name, threads: threads, mode: mode)
    line.addSamples(.mebibytes, [Double(usage.ru_maxrss) / 1024])
    line.add("total_s", result.totalSeconds, digits: 3)
    line.add("others", result.otherCores, digits: 2)
    line.add("version", Line.version)
    line.write()
  }

  private static func report(
    _ workload: Workload, _ mode: String, _ result: Measurement, threads: Int
  ) {
    var line = Line(workload.name, threads: threads, mode: mode)
    line.addSamples(
      workload.metric,
      result.seconds.map { workload.metric.value(seconds: $0, work: workload.work) })
    if let variant = workload.variant { line.add("variant", variant) }
    line.add("contract", "exact")
    let (seconds, reason) = workload.bound.seconds(threads: threads)
    line.add("bound", workload.metric.value(seconds: seconds, work: workload.work))
    line.add("bound_is", reason)
    if let losses = result.losses {
      line.add("loss0", losses.first, digits: 4)
      line.add("loss", losses.last, digits: 4)
    }
    line.add("total_s", result.totalSeconds, digits: 3)
    line.add("others", result.otherCores, digits: 2)
    line.add("version", Line.version)
    line.write()
  }
}
