import TandemShapes

/// What ``Profiler`` noted down between a start and a stop.
public struct Profile: Sendable {
  /// Something that took time on one thread, or a moment.
  public struct Event: Sendable {
    /// What kind of thing happened.
    public enum Kind: String, Sendable {
      /// The engine ran an operation, or started an asynchronous one.
      case operation
      /// The user's ``Profiler/scope(_:_:)``.
      case scope
      /// The user's ``Profiler/marker(_:)``; takes no time.
      case marker
      /// A user's thread waited for the engine.
      case wait
    }

    /// What kind of thing happened.
    public let kind: Kind
    /// The operation's, scope's or marker's name.
    public let label: EngineLabel
    /// Where the user queued the operation.
    public var site = CallSite.unknown
    /// The module that queued it.
    public var modulePath = EngineLabel.none
    /// Monotonic nanoseconds.
    public let start: Int64
    /// Monotonic nanoseconds.
    public let end: Int64
    /// What the operation declares that it moves and computes.
    public var work = OperationWork.unknown
    /// Bytes of buffers that it took from the pool.
    public var allocatedBytes = 0
    /// Whether it threw.
    public var hasFailed = false

    init(kind: Kind, label: EngineLabel, start: Int64, end: Int64) {
      (self.kind, self.label, self.start, self.end) = (kind, label, start, end)
    }
  }

  /// One thread's row.
  public struct Thread: Sendable {
    /// Unique among the threads of the profile, from one.
    public let number: Int
    /// `main`, `worker 2` or `thread 5`.
    public let name: String
    /// In the order in which they ended.
    public let events: [Event]
    /// Events beyond ``Profiler/eventsPerThreadMax``.
    public let droppedCount: Int
  }

  /// When the recording began, in monotonic nanoseconds.
  public let startNanoseconds: Int64
  /// When it ended.
  public let endNanoseconds: Int64
  /// The threads on which something happened.
  public let threads: [Thread]
  /// What is held of what operations queued at each place took, when the recording ended.
  let liveMemory: [CallSite: LiveMemory.Amount]

  /// All operations with one name.
  public struct OperatorRow: Hashable, Sendable {
    /// The operator's name.
    public let name: String
    /// How often it ran.
    public var count = 0
    /// The time in it, over all threads that ran it.
    public var totalNanoseconds: Int64 = 0
    /// What was declared, summed up; zero if nothing was.
    public var bytes = 0
    /// Floating-point operations that were declared.
    public var floatingPointOperations = 0

    /// The mean time of one.
    public var meanNanoseconds: Double { Double(totalNanoseconds) / Double(max(count, 1)) }
    /// Declared work by time, nil if none was declared.
    public var gigaflopsPerSecond: Double? { rate(floatingPointOperations) }
    /// Declared bytes by time, nil if none were declared.
    public var gigabytesPerSecond: Double? { rate(bytes) }

    private func rate(_ amount: Int) -> Double? {
      amount > 0 && totalNanoseconds > 0 ? Double(amount) / Double(totalNanoseconds) : nil
    }
  }

  /// One row for each operator, the one that took longest first.
  public var operators: [OperatorRow] {
    var rows: [EngineLabel: OperatorRow] = [:]
    for event in operationEvents {
      var row = rows[event.label] ?? OperatorRow(name: event.label.description)
      row.count += 1
      row.totalNanoseconds += event.end - event.start
      row.bytes += event.work.bytes
      row.floatingPointOperations += event.work.floatingPointOperations
      rows[event.label] = row
    }
    return rows.values.sorted {
      ($1.totalNanoseconds, $0.name) < ($0.totalNanoseconds, $1.name)
    }
  }

  /// What operations queued at one place took from the pool.
  public struct MemoryRow: Hashable, Sendable {
    /// Where the user queued them.
    public let site: CallSite
    /// How many took something.
    public var count = 0
    /// Bytes of buffers, rounded up to the pool's sizes; what was given back is not subtracted.
    public var allocatedBytes = 0
    /// Bytes of arrays that were still held when the recording ended.
    public var liveBytes = 0
    /// The most bytes of arrays that were held at one time while it was recorded.
    public var peakLiveBytes = 0
  }

  /// One row for each call site whose operations took memory, the one that held most at one time
  /// first.
  public var memoryBySite: [MemoryRow] {
    var rows: [CallSite: MemoryRow] = [:]
    for event in operationEvents where event.allocatedBytes > 0 {
      rows[event.site, default: MemoryRow(site: event.site)].count += 1
      rows[event.site]!.allocatedBytes += event.allocatedBytes
    }
    for (site, amount) in liveMemory {
      rows[site, default: MemoryRow(site: site)].liveBytes = amount.live
      rows[site]!.peakLiveBytes = amount.peak
    }
    return rows.values.sorted {
      ($1.peakLiveBytes, $1.allocatedBytes, $0.site.word)
        < ($0.peakLiveBytes, $0.allocatedBytes, $1.site.word)
    }
  }

  private var operationEvents: some Sequence<Event> {
    threads.lazy.flatMap { $0.events.lazy.filter { $0.kind == .operation } }
  }
}

extension Profile: CustomStringConvertible {
  /// The table of operators, then the places that took most memory.
  public var description: String {
    let columns = ["operator", "count", "total ms", "mean µs", "MB", "GFLOP/s", "GB/s"]
    let rows = operators.map { row in
      [
        row.name, String(row.count), decimal(Double(row.totalNanoseconds) / 1e6),
        decimal(row.meanNanoseconds / 1e3), row.bytes > 0 ? decimal(Double(row.bytes) / 1e6) : "",
        row.gigaflopsPerSecond.map(decimal) ?? "", row.gigabytesPerSecond.map(decimal) ?? "",
      ]
    }
    let memory = memoryBySite.prefix(10).map { row in
      [
        row.site.description, String(row.count), decimal(Double(row.allocatedBytes) / 1e6),
        decimal(Double(row.liveBytes) / 1e6), decimal(Double(row.peakLiveBytes) / 1e6),
      ]
    }
    let places = ["memory taken at", "count", "MB", "live MB", "peak MB"]
    let table = Profile.table([columns] + rows)
    return memory.isEmpty ? table : table + "\n\n" + Profile.table([places] + memory)
  }

  private func decimal(_ value: Double) -> String {
    let thousandths = Int((value * 1000).rounded())
    let fraction = String(thousandths % 1000 + 1000).dropFirst()
    return "\(thousandths / 1000).\(fraction)"
  }

  /// The first column to the left, the others to the right.
  private static func table(_ rows: [[String]]) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      row.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - row[column].count)
        return column == 0 ? row[column] + space : space + row[column]
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
