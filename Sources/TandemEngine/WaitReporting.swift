import CTandem
import Glibc

/// What a thread that waits long says about it, and by which clock.
public struct WaitReporting: Sendable {
  /// When a wait reports for the first time; then at twice that, four times, and so on.
  public var firstReportNanoseconds: Int64
  /// Monotonic nanoseconds.
  public var now: @Sendable () -> Int64
  /// Gets each report, one line without its end.
  public var write: @Sendable (String) -> Void

  /// Reports to standard error, first after `TANDEM_WAIT_REPORT_SECONDS`, by default 10.
  public init(
    firstReportNanoseconds: Int64 = WaitReporting.configuredNanoseconds,
    now: @escaping @Sendable () -> Int64 = { tandem_now() },
    write: @escaping @Sendable (String) -> Void = WaitReporting.writeToStandardError
  ) {
    self.firstReportNanoseconds = firstReportNanoseconds
    (self.now, self.write) = (now, write)
  }

  /// From `TANDEM_WAIT_REPORT_SECONDS`; ten seconds if that is unset or no positive number.
  public static var configuredNanoseconds: Int64 {
    let seconds = getenv("TANDEM_WAIT_REPORT_SECONDS").flatMap { Double(String(cString: $0)) } ?? 10
    return seconds > 0 && seconds < 1e9 ? max(1, Int64(seconds * 1e9)) : 10_000_000_000
  }

  /// One line on standard error.
  @Sendable
  public static func writeToStandardError(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { tandem_write_error($0.baseAddress, $0.count) }
  }
}

/// The deadlines of one wait.
struct WaitClock {
  let reporting: WaitReporting
  let start: Int64
  private var nextReport: Int64
  private let limit: Int64

  init(_ reporting: WaitReporting, timeout: Duration?) {
    self.reporting = reporting
    let start = reporting.now()
    self.start = start
    nextReport = WaitClock.sum(start, reporting.firstReportNanoseconds)
    limit = timeout.map { WaitClock.sum(start, $0.nanoseconds) } ?? .max
  }

  /// Reports if it is time. Returns the nanoseconds to the next deadline, nil if the time is over.
  mutating func tick(_ what: () -> String) -> Int64? {
    let now = reporting.now()
    guard now < limit else { return nil }
    if now >= nextReport {
      let seconds = Double((now - start) / 100_000_000) / 10
      reporting.write("wait: still waiting after \(seconds) s: \(what())")
      while nextReport <= now {
        let passed = max(1, nextReport - start)
        nextReport = WaitClock.sum(start, passed > .max / 2 ? .max : passed * 2)
      }
    }
    return min(nextReport, limit) - now
  }

  /// The latest time there is, if the sum is later.
  private static func sum(_ time: Int64, _ nanoseconds: Int64) -> Int64 {
    let (sum, isOver) = time.addingReportingOverflow(nanoseconds)
    return isOver ? .max : sum
  }
}

extension Duration {
  /// Whole nanoseconds.
  var nanoseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow || product > Int64.max / 4 ? .max / 4 : product + attoseconds / 1_000_000_000
  }
}
