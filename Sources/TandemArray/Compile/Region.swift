import TandemGraph
import TandemThreads

/// What ``Compiled`` shares between its copies: the programs that were made of the closure so far.
final class Region: Sendable {
  let options: CompileOptions
  let writable: WritableState
  let site: CallSite
  private let cache = Guarded(Cache())

  /// A closure's program for one key.
  final class Entry: Sendable {
    let key: CallKey
    let program: CompiledProgram
    /// For calls that are recorded.
    let derivative: Derivative?
    /// What checking mode compares with, if not the program's trace.
    let reference: RegionTrace?

    init(
      _ key: CallKey, _ program: CompiledProgram, _ derivative: Derivative?,
      _ reference: RegionTrace?
    ) {
      (self.key, self.program, self.derivative) = (key, program, derivative)
      self.reference = reference
    }

    /// Whether a condition was found both ways while the closure was traced.
    var contradictsItself: Bool {
      let conditions = program.trace.conditions
      return Set(conditions.map(\.key)).count < conditions.count
    }

    /// Whether another program serves the same calls.
    func servesAs(_ other: Entry) -> Bool {
      let (own, others) = (program.trace, other.program.trace)
      return key == other.key && own.forms == others.forms && own.conditions == others.conditions
        && own.ownConditions == others.ownConditions
    }
  }

  private struct Cache {
    /// The last used one first.
    var entries: [Entry] = []
    var statistics = RegionStatistics()
    var frames: [RegionFrame] = []

    /// Keeps a program for later calls, unless it serves none, or another thread has made the same
    /// meanwhile: each has an arena.
    mutating func insert(_ entry: Entry) {
      if entry.contradictsItself || entries.contains(where: entry.servesAs) { return }
      entries.insert(entry, at: 0)
      guard entries.count > Limits.programsOfRegionMax else { return }
      entries.removeLast()
      statistics.evictions += 1
    }
  }

  init(_ options: CompileOptions, _ writable: WritableState, at site: CallSite) {
    (self.options, self.writable, self.site) = (options, writable, site)
  }

  /// Hits, traces and the reasons for them.
  var statistics: RegionStatistics {
    cache.withLock { cache in
      var statistics = cache.statistics
      statistics.programs = cache.entries.count
      return statistics
    }
  }

  /// The program that was used last.
  var lastEntry: Entry? { cache.withLock { $0.entries.first } }

  // MARK: Frames

  /// Memory for the arrays of one call.
  func takeFrame() -> RegionFrame { cache.withLock { $0.frames.popLast() } ?? RegionFrame() }

  /// Gives it back.
  func giveBack(_ frame: RegionFrame) {
    frame.removeAll()
    cache.withLock { $0.frames.append(frame) }
  }

  // MARK: Calls

  /// Calls the region with the arguments in the frame; the results are left in it.
  ///
  /// - Parameter body: the closure, for symbols or for arrays.
  func call(
    _ frame: RegionFrame, at place: CallSite, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    frame.site = place
    let scope = Scope.current
    if let scope, scope.tapes.count > 1 {
      // Derivatives of derivatives: each operator is recorded by itself.
      return callEagerly(frame, body)
    }
    let mode = CallMode(scope, frame.arguments.arrays)
    if options.isChecking { check(frame, mode, body) }
    if options.isShadowing, options.compiler.mode == .exact, mode.tape == nil {
      return shadow(frame, mode, body)
    }
    callCompiled(frame, mode, body)
  }

  /// Calls the closure with the arguments themselves.
  func callEagerly(_ frame: RegionFrame, _ body: (inout ArrayLeafReader) -> ArrayLeaves) {
    var reader = ArrayLeafReader(frame.arguments)
    let leaves = body(&reader)
    frame.results.append(contentsOf: leaves.arrays)
    frame.structure = leaves.structure
  }

  /// Calls the program for the arguments, made now if there is none.
  ///
  /// Nothing is locked while the closure is traced, so another thread may change the state before
  /// the new program runs: then a program is looked for, and made, again.
  func callCompiled(
    _ frame: RegionFrame, _ mode: CallMode, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) {
    var change = ""
    for _ in 0..<Limits.tracesOfCallMax {
      guard case .fitsNot(let mismatch) = runKnown(frame, mode) else { return }
      let random = RandomState.current
      let key = random.upcoming
      let entry = traced(frame, mode, mismatch, body)
      let drawn = entry.program.trace.keys
      guard let found = run(entry, frame, keys: drawn) else { return }
      random.takeBack(drawn.count, to: key)
      change = found
    }
    if case .hasRun = runKnown(frame, mode) { return }
    fail(
      "compile: the closure was traced \(Limits.tracesOfCallMax) times, and each time the closure "
        + "or another thread had changed what it depends on: \(change)", at: site)
  }

  /// What a look for a program came to.
  private enum Found {
    case hasRun
    /// Why not, if there was one with the key of the call.
    case fitsNot(String?)
  }

  /// Runs the first program that fits. One whose parameters have changed their types does not;
  /// another one may.
  private func runKnown(_ frame: RegionFrame, _ mode: CallMode) -> Found {
    var reason: String?
    var skipped = 0
    while let (entry, index) = find(frame.arguments, mode, skipping: skipped) {
      guard let mismatch = run(entry, frame, keys: nil) else {
        if index > 0 { moveToFront(entry) }
        return .hasRun
      }
      (reason, skipped) = (reason ?? mismatch, skipped + 1)
    }
    return .fitsNot(reason)
  }

  /// The program that a call with these arguments runs, if there is one; else why none fits of
  /// those with its key.
  func entry(for arguments: ArrayLeaves, _ mode: CallMode) -> (entry: Entry?, mismatch: String?) {
    let entries = cache.withLock { $0.entries.filter { $0.key.matches(arguments, mode) } }
    var reason: String?
    for entry in entries {
      guard let mismatch = entry.program.mismatch() else { return (entry, nil) }
      reason = reason ?? mismatch
    }
    return (nil, reason)
  }

  /// Runs a program, recorded if something records; returns why it does not fit.
  private func run(_ entry: Entry, _ frame: RegionFrame, keys: [RandomKey]?) -> String? {
    frame.structure = entry.program.trace.structure
    if let derivative = entry.derivative, let tape = Scope.current?.tapes.last {
      return entry.program.run(
        frame.arguments.arrays, keys: keys, recording: derivative, on: tape, at: frame.site,
        &frame.results)
    }
    return entry.program.run(
      frame.arguments.arrays, keys: keys, at: frame.site, &frame.results)
  }

  /// The program for these arguments, if there is one, and where it stands; counts a hit.
  private func find(
    _ arguments: ArrayLeaves, _ mode: CallMode, skipping skipped: Int
  ) -> (entry: Entry, index: Int)? {
    cache.withLock { cache in
      var left = skipped
      for index in cache.entries.indices {
        let entry = cache.entries[index]
        guard entry.key.matches(arguments, mode) else { continue }
        if left > 0 {
          left -= 1
          continue
        }
        if skipped == 0 { cache.statistics.hits += 1 }
        return (entry, index)
      }
      return nil
    }
  }

  private func moveToFront(_ entry: Entry) {
    cache.withLock { cache in
      guard let index = cache.entries.firstIndex(where: { $0 === entry }) else { return }
      cache.entries.remove(at: index)
      cache.entries.insert(entry, at: 0)
    }
  }

  /// Traces and compiles the closure for these arguments.
  ///
  /// - Parameters:
  ///   - mismatch: why a program with the key of this call does not fit, if there is one.
  ///   - isFoundAgain: whether the call looks for the program once more before it runs it.
  func traced(
    _ frame: RegionFrame, _ mode: CallMode, _ mismatch: String?, isFoundAgain: Bool = false,
    _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> Entry {
    let arguments = frame.arguments
    for (position, array) in arguments.arrays.enumerated() {
      guard case .symbol = array.handle.content else { continue }
      fail(
        "compile: argument \(position) has left the traced region that it belongs to; return it "
          + "from the region: \(array.type)", at: frame.site)
    }
    let key = CallKey(arguments, mode)
    let entry: Entry
    do throws(ShapeError) {
      entry = try makeEntry(key, arguments, body)
    } catch {
      fail(error.message, at: site)
    }
    cache.withLock { cache in
      let reason = mismatch ?? cache.entries.first.map { key.difference(from: $0.key) }
      cache.statistics.note(reason ?? "first call")
      // The call that finds a program that does not fit, or the one made for it, is no hit.
      if mismatch != nil || isFoundAgain { cache.statistics.hits -= 1 }
      cache.insert(entry)
    }
    return entry
  }

  private func makeEntry(
    _ key: CallKey, _ arguments: ArrayLeaves, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) throws(ShapeError) -> Entry {
    // What the closure makes outside of the graph, as statistics at a first call, lies there, too.
    let (trace, derivative) = withDevice(key.mode.device) { self.trace(arguments, body) }
    let program = try CompiledProgram(
      trace, options: options, on: key.mode.device, at: site)
    return Entry(key, program, derivative, reference(for: trace, arguments, body))
  }

  /// Traces the closure, with its derivative if something records.
  func trace(
    _ arguments: ArrayLeaves, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> (RegionTrace, Derivative?) {
    let random = RandomState.current
    return Trace.settled(at: site) {
      let key = random.upcoming
      let found = traceOnce(arguments, body)
      let readsDropped = found.0.graph.readsDropped(found.0.sources)
      if readsDropped { random.takeBack(found.0.keys.count, to: key) }
      return (found, readsDropped)
    }
  }

  private func traceOnce(
    _ arguments: ArrayLeaves, _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> (RegionTrace, Derivative?) {
    guard let tape = Scope.current?.tapes.last else {
      return (RegionTrace(arguments: arguments, writable: writable, at: site, body), nil)
    }
    return RegionTrace.differentiable(
      arguments: arguments, writable: writable, tape: tape, options: options, at: site, body)
  }
}
