import Glibc
import TandemShapes

// The trace-event format of chrome://tracing, which ui.perfetto.dev reads too: one row per thread,
// times in microseconds from the start of the recording.

extension Profile {
  /// How many call sites that are code addresses are turned into file and line; each may take a
  /// tenth of a second.
  private static let resolvedSitesMax = 256

  /// The events as a JSON text in the trace-event format.
  public var chromeTrace: String {
    var sites: [CallSite: String] = [:]
    var lines = threads.map { thread in
      #"{"name":"thread_name","ph":"M","pid":1,"tid":\#(thread.number),"args":{"name":"#
        + Profile.quoted(thread.name) + "}}"
    }
    for thread in threads {
      // Parents before children: an outer event starts earlier, or ends later.
      let events = thread.events.sorted { ($0.start, $1.end) < ($1.start, $0.end) }
      for event in events { lines.append(line(event, thread.number, &sites)) }
      if thread.droppedCount > 0 {
        lines.append(
          #"{"name":"\#(thread.droppedCount) events not noted down","ph":"i","s":"t","pid":1,"#
            + #""tid":\#(thread.number),"ts":\#(microseconds(endNanoseconds))}"#)
      }
    }
    return "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n" + lines.joined(separator: ",\n")
      + "\n]}\n"
  }

  /// Writes ``chromeTrace`` to a file.
  ///
  /// - Throws: `ProfileError` if the file cannot be written.
  public func writeTrace(to path: String) throws(ProfileError) {
    try Profile.write(chromeTrace, to: path)
  }

  static func write(_ text: String, to path: String) throws(ProfileError) {
    var text = text
    let file = fopen(path, "we")
    let written = text.withUTF8 { bytes in
      file.map { fwrite(bytes.baseAddress, 1, bytes.count, $0) == bytes.count } ?? false
    }
    let isClosed = file.map { fclose($0) == 0 } ?? false
    guard written, isClosed else {
      throw ProfileError(
        message: "profiler: cannot write the trace: '\(path)': \(String(cString: strerror(errno)))")
    }
  }

  private func line(_ event: Event, _ number: Int, _ sites: inout [CallSite: String]) -> String {
    let head =
      #"{"name":\#(Profile.quoted(event.label.description)),"cat":"\#(event.kind.rawValue)","#
    let place = #""pid":1,"tid":\#(number),"ts":\#(microseconds(event.start))"#
    guard event.kind != .marker else { return head + #""ph":"i","s":"t","# + place + "}" }
    let duration = #","dur":\#(Profile.decimal(event.end - event.start))"#
    let details = arguments(event, &sites).joined(separator: ",")
    return head + #""ph":"X","# + place + duration
      + (details.isEmpty ? "}" : #","args":{\#(details)}}"#)
  }

  private func arguments(_ event: Event, _ sites: inout [CallSite: String]) -> [String] {
    var all: [String] = []
    if event.site != .unknown { all.append(#""site":"# + Profile.quoted(text(event.site, &sites))) }
    if event.modulePath != .none {
      all.append(#""module":"# + Profile.quoted(event.modulePath.description))
    }
    if event.work.bytes > 0 { all.append(#""bytes":\#(event.work.bytes)"#) }
    if event.work.floatingPointOperations > 0 {
      all.append(#""flop":\#(event.work.floatingPointOperations)"#)
    }
    if event.allocatedBytes > 0 { all.append(#""allocated":\#(event.allocatedBytes)"#) }
    if event.hasFailed { all.append(#""failed":true"#) }
    return all
  }

  private func text(_ site: CallSite, _ sites: inout [CallSite: String]) -> String {
    if let known = sites[site] { return known }
    guard sites.count < Profile.resolvedSitesMax else { return "" }
    let text = site.description
    sites[site] = text
    return text
  }

  private func microseconds(_ time: Int64) -> String {
    Profile.decimal(max(0, time - startNanoseconds))
  }

  /// Nanoseconds as microseconds with three decimals.
  private static func decimal(_ nanoseconds: Int64) -> String {
    "\(nanoseconds / 1000)." + String(nanoseconds % 1000 + 1000).dropFirst()
  }

  /// A JSON string.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
