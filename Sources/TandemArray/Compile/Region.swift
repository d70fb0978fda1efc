import Synchronization
import TandemGraph

/// What ``Compiled`` shares between its copies: the programs that were made of the closure so far.
final class Region: Sendable {
  let options: CompileOptions
  let writable: WritableState
  let site: CallSite
  private let cache = Mutex(Cache())

  /// A closure's program for one key.
  final class Entry: Sendable {
    let key: CallKey
    let program: CompiledProgram
    let derivatives = Derivatives()

    init(_ key: CallKey, _ program: CompiledProgram) { (self.key, self.program) = (key, program) }
  }

  private struct Cache {
    /// The last used one first.
    var entries: [Entry] = []
    var statistics = RegionStatistics()
    var frames: [CallFrame] = []
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
  func takeFrame() -> CallFrame { cache.withLock { $0.frames.popLast() } ?? CallFrame() }

  /// Gives it back.
  func giveBack(_ frame: CallFrame) {
    frame.removeAll()
    cache.withLock { $0.frames.append(frame) }
  }

  // MARK: Calls

  /// Calls the region with the arguments in the frame; the results are left in it.
  ///
  /// - Parameter body: the closure, for symbols or for arrays.
  func call(_ frame: CallFrame, _ body: (inout ArrayLeafReader) -> ArrayLeaves) {
    let scope = Scope.current
    let isTraining = scope?.isTraining ?? false
    if options.isChecking { check(frame, isTraining: isTraining, body) }
    if options.isShadowing { return shadow(frame, isTraining: isTraining, body) }
    var reason: String?
    var skipped = 0
    // A program whose parameters have changed their types does not fit; another one may.
    while let entry = find(frame.arguments, isTraining: isTraining, skipping: skipped) {
      guard let mismatch = run(entry, frame, keys: nil) else { return }
      (reason, skipped) = (reason ?? mismatch, skipped + 1)
    }
    let entry = traced(frame.arguments, isTraining: isTraining, reason, body)
    if let mismatch = run(entry, frame, keys: entry.program.trace.keys) {
      fail("compile: broken invariant: the state changes while it is traced: \(mismatch)", at: site)
    }
  }

  /// Runs a program eagerly recorded or queued; returns why it does not fit.
  private func run(_ entry: Entry, _ frame: CallFrame, keys: [RandomKey]?) -> String? {
    frame.structure = entry.program.trace.structure
    if let tapes = Scope.current?.tapes, !tapes.isEmpty,
      let recorded = Recording(entry, frame.arguments.arrays, tapes)
    {
      return recorded.run(keys: keys, at: site, &frame.results)
    }
    return entry.program.run(frame.arguments.arrays, keys: keys, &frame.results)
  }

  /// The program for these arguments, if there is one; counts a hit.
  private func find(
    _ arguments: ArrayLeaves, isTraining: Bool, skipping skipped: Int
  ) -> Entry? {
    cache.withLock { cache in
      var left = skipped
      for index in cache.entries.indices {
        let entry = cache.entries[index]
        guard entry.key.matches(arguments, isTraining: isTraining) else { continue }
        if left > 0 {
          left -= 1
          continue
        }
        if index > 0, skipped == 0 {
          cache.entries.remove(at: index)
          cache.entries.insert(entry, at: 0)
        }
        if skipped == 0 { cache.statistics.hits += 1 }
        return entry
      }
      return nil
    }
  }

  /// Traces and compiles the closure for these arguments.
  private func traced(
    _ arguments: ArrayLeaves, isTraining: Bool, _ mismatch: String?,
    _ body: (inout ArrayLeafReader) -> ArrayLeaves
  ) -> Entry {
    let key = CallKey(arguments, isTraining: isTraining)
    let trace = RegionTrace(arguments: arguments, writable: writable, at: site, body)
    let program: CompiledProgram
    do throws(ShapeError) {
      program = try CompiledProgram(trace, options: options.compiler)
    } catch {
      fail(error.message, at: site)
    }
    let entry = Entry(key, program)
    cache.withLock { cache in
      let reason = mismatch ?? cache.entries.first.map { key.difference(from: $0.key) }
      cache.statistics.note(reason ?? "first call")
      // The call that finds a program that does not fit is no hit.
      if mismatch != nil { cache.statistics.hits -= 1 }
      cache.entries.insert(entry, at: 0)
      if cache.entries.count > Limits.programsOfRegionMax {
        cache.entries.removeLast()
        cache.statistics.evictions += 1
      }
    }
    return entry
  }
}
