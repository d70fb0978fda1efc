import Foundation

/// One line of output: a JSON object whose fields stay in order.
struct Line {
  private var fields: [(name: String, value: String)] = []

  /// The fields that every line begins with.
  init(_ workload: String, threads: Int, mode: String?) {
    add("peer", ProcessInfo.processInfo.environment["OURS_PEER"] ?? "ours")
    if let mode { add("mode", mode) }
    add("workload", workload)
    add("threads", threads)
  }

  mutating func add(_ name: String, _ value: String) {
    let escaped = value.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      default: scalar.value < 32 ? " " : String(scalar)
      }
    }
    fields.append((name, "\"\(escaped.joined())\""))
  }

  mutating func add(_ name: String, _ value: Int) { fields.append((name, "\(value)")) }

  /// A number with so many significant digits; `null` for what JSON cannot say.
  mutating func add(_ name: String, _ value: Double, digits: Int = 5) {
    fields.append((name, value.isFinite ? String(format: "%.\(digits)g", value) : "null"))
  }

  func write() {
    let body = fields.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ",")
    FileHandle.standardOutput.write(Data("{\(body)}\n".utf8))
  }

  /// A workload that gave no number, and why.
  static func skip(_ workload: String, threads: Int, mode: String? = nil, _ reason: String) {
    var line = Line(workload, threads: threads, mode: mode)
    line.add("skip", reason)
    line.write()
  }

  static let version = "0.1"
}

extension Line {
  /// Median, range and number of samples.
  mutating func addSamples(_ metric: Metric, _ values: [Double]) {
    add("metric", metric.rawValue)
    add("value", median(values))
    add("min", values.min() ?? .nan)
    add("max", values.max() ?? .nan)
    add("n", values.count)
  }
}
