import CBounds
import Foundation

/// The processors of the machine: which ones this process uses, and who else does.
enum Processors {
  /// Pins this process, and with it all that it starts, to the first `count` that it may use, or of
  /// those that `$BENCH_CPUS` lists.
  static func pin(_ count: Int) {
    var allowed = [Int32](repeating: 0, count: 1024)
    let found = bounds_allowed_processors(&allowed, Int32(allowed.count))
    var chosen = Array(allowed.prefix(Int(found)))
    if let list = ProcessInfo.processInfo.environment["BENCH_CPUS"] {
      chosen = list.split(separator: ",").compactMap { Int32($0) }
    }
    chosen = Array(chosen.prefix(count))
    if bounds_pin(chosen, Int32(chosen.count)) != 0 {
      FileHandle.standardError.write(Data("bench: cannot pin to processors \(chosen)\n".utf8))
    }
  }

  /// Seconds that all processors together have worked for others than this process and its ended
  /// children, since the machine started.
  static func secondsOfOthers() -> Double {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return 0 }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    guard ticks.count == 8 else { return 0 }
    let busy = ticks.reduce(0, +) - ticks[3] - ticks[4]  // without idle and waiting for disks
    var own = tms()
    times(&own)
    let mine = own.tms_utime + own.tms_stime + own.tms_cutime + own.tms_cstime
    return (busy - Double(mine)) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  /// Waits until others use less than half a core, for at most so many seconds.
  static func waitUntilQuiet(seconds: Double) {
    let end = now() + seconds
    while now() < end {
      let (busy, start) = (secondsOfOthers(), now())
      Thread.sleep(forTimeInterval: 1)
      if (secondsOfOthers() - busy) / (now() - start) < 0.5 { return }
    }
  }
}
