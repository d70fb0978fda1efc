/// How often a compiled region was called, and why it was traced.
public struct RegionStatistics: Sendable, CustomStringConvertible {
  /// Calls that were run by a program that was there.
  public internal(set) var hits = 0
  /// How often the closure was traced and compiled.
  public internal(set) var traces = 0
  /// Programs that were dropped because there were too many.
  public internal(set) var evictions = 0
  /// Programs that are kept.
  public internal(set) var programs = 0
  /// Why the closure was traced, the last times: which argument changed from what to what.
  public internal(set) var reasons: [String] = []

  /// Notes a trace.
  mutating func note(_ reason: String) {
    traces += 1
    if reasons.count == Limits.traceReasonsMax { reasons.removeFirst() }
    reasons.append(reason)
  }

  /// Counts, then one line for each reason.
  public var description: String {
    (["hits \(hits), traces \(traces), programs \(programs), evictions \(evictions)"]
      + reasons.map { "  \($0)" }).joined(separator: "\n")
  }
}
