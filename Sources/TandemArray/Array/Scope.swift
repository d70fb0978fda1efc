import CTandem

/// What changes the meaning of an operation on this thread: tapes that record, a trace that builds
/// a graph, training or inference, the current random stream.
///
/// There is none most of the time: one look at a thread-local word decides, and the fast path of an
/// operation goes on. Scopes belong to synchronous closures; they never outlive them, and one
/// thread alone uses them, in short accesses that need no check at run time.
final class Scope {
  /// The tapes to record on, innermost last; ``withoutRecording(_:)`` hides those outside of it.
  @exclusivity(unchecked) var tapes: [Tape] = [] {
    didSet { soleTape = tapes.count == 1 ? .passUnretained(tapes[0]) : nil }
  }
  @exclusivity(unchecked) private var soleTape: Unmanaged<Tape>?

  /// Ends the innermost tape. It dies after `soleTape` has let go of it, not before.
  func endTape() {
    let ended = tapes.removeLast()
    withExtendedLifetime(ended) {}
  }

  /// The graph that is being traced.
  @exclusivity(unchecked) var trace: Trace?
  /// Whether layers behave as in training (dropout on, batch statistics).
  var isTraining = false
  /// What float32 parameters are narrowed to when they are read, if anything.
  var precision: DType?
  /// Who looks at every result for numbers that are not finite.
  @exclusivity(unchecked) var watch: FiniteWatch?
  /// Where new arrays are made, if not on the first device.
  @exclusivity(unchecked) var device: Device?
  /// Where random numbers come from, if not from the process's default.
  var random: RandomState?

  /// What stands in the places of parameters; see ``Parameter/withValue(_:file:line:_:)``.
  @exclusivity(unchecked) var replacements: [ObjectIdentifier: NDArray] = [:]

  /// How many tapes a tape that begins here lies inside of.
  var tapeDepth: Int { max(trace?.tapeDepth ?? 0, (tapes.last?.depth ?? -1) + 1) }

  /// The thread's scope, if it has one.
  static var current: Scope? {
    guard let word = tandem_scope_get() else { return nil }
    return Unmanaged<Scope>.fromOpaque(word).takeUnretainedValue()
  }

  /// The tape that is being recorded if it is the only one, for paths on which counting references
  /// would cost most; the scope keeps it.
  @inline(__always)
  static var soleTape: Unmanaged<Tape>? {
    guard let word = tandem_scope_get() else { return nil }
    return Unmanaged<Scope>.fromOpaque(word)._withUnsafeGuaranteedRef { $0.soleTape }
  }

  /// Whether a graph is being traced.
  @inline(__always)
  static var isTracing: Bool {
    guard let word = tandem_scope_get() else { return false }
    return Unmanaged<Scope>.fromOpaque(word)._withUnsafeGuaranteedRef { $0.trace != nil }
  }

  /// Whether somebody looks at every result.
  @inline(__always)
  static var isWatched: Bool {
    guard let word = tandem_scope_get() else { return false }
    return Unmanaged<Scope>.fromOpaque(word)._withUnsafeGuaranteedRef { $0.watch != nil }
  }

  /// Whether this thread's operations have no scope to look at.
  @inline(__always)
  static var isPlain: Bool { tandem_scope_get() == nil }

  /// Runs `body` with the thread's scope, made for it if there is none, changed by `enter` and put
  /// back by `leave`.
  static func with<T, E: Error>(
    _ enter: (Scope) -> Void, leave: (Scope) -> Void, _ body: () throws(E) -> T
  ) throws(E) -> T {
    if let scope = current {
      enter(scope)
      defer { leave(scope) }
      return try body()
    }
    let scope = Scope()
    tandem_scope_set(Unmanaged.passUnretained(scope).toOpaque())
    enter(scope)
    defer {
      leave(scope)
      tandem_scope_set(nil)
    }
    return try withExtendedLifetime(scope) { () throws(E) -> T in try body() }
  }
}
