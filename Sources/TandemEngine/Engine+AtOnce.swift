import CTandem
import Synchronization
import TandemShapes
import TandemThreads

// The cheapest way to run tiny work that only reads variables, or changes one, and writes memory
// that nobody else knows yet: no node at all. The variables' locks are held meanwhile, so nobody
// can queue anything that would run beside it.

extension Engine {
  /// Lives as long as the process; counting references to it would be a tenth of tiny work.
  private static let sharedCore = (Engine.shared as? ThreadedEngine).map {
    Unmanaged.passRetained($0.core)
  }

  /// Whether the calling thread may touch what the two variables stand for, right now and until
  /// ``endAtOnce(_:_:)``. If so, it runs some hundred instructions that neither queue nor wait.
  ///
  /// False if an operation on them is queued or running, something is poisoned, a profile is
  /// recorded, or the engine of the process is no ``ThreadedEngine``: then the work is to be
  /// queued.
  ///
  /// - Parameter writing: whether the first variable is changed.
  package static func beginAtOnce(
    _ a: Variable, _ b: Variable, writing: Bool = false
  ) -> Bool {
    guard let core = sharedCore, !Profiler.isOn.load(ordering: .relaxed),
      !core._withUnsafeGuaranteedRef({ $0.isShutDown.load(ordering: .relaxed) })
    else { return false }
    let base = EngineThread.current.pointee.base
    let (first, second) = ordered(a, b)
    first.pointee.lock.lock()
    if second != first { second.pointee.lock.lock() }
    if isIdle(first, base), isIdle(second, base),
      !writing || VariableState.hasNoReaders(TaggedVariable.pointer(a.word), base),
      core._withUnsafeGuaranteedRef({ $0.poisoned.isZero })
    {
      return true
    }
    if second != first { second.pointee.lock.unlock() }
    first.pointee.lock.unlock()
    return false
  }

  /// Ends what ``beginAtOnce(_:_:writing:)`` began.
  package static func endAtOnce(_ a: Variable, _ b: Variable) {
    let (first, second) = ordered(a, b)
    if second != first { second.pointee.lock.unlock() }
    first.pointee.lock.unlock()
  }

  /// In the order in which all locks are taken.
  @inline(__always)
  private static func ordered(_ a: Variable, _ b: Variable) -> (VariablePointer, VariablePointer) {
    let (first, second) = (TaggedVariable.pointer(a.word), TaggedVariable.pointer(b.word))
    return first <= second ? (first, second) : (second, first)
  }

  @inline(__always)
  private static func isIdle(_ variable: VariablePointer, _ base: UnsafeMutableRawPointer) -> Bool {
    let writer = variable.pointee.writer
    if writer == 0 { return true }
    guard NodePool.isDone(writer, base) else { return false }
    variable.pointee.writer = 0
    return true
  }

  /// A new variable, on which nothing is pending.
  package static func makeVariable() -> Variable {
    let thread = EngineThread.current
    let state = thread.pointee.variables.take(thread.pointee.base)
    return Variable(
      word: UInt64(UInt(bitPattern: state)) | UInt64(state.pointee.generation) << 48)
  }

  /// Gives a variable back.
  package static func release(_ variable: Variable) {
    let state = TaggedVariable.pointer(variable.word)
    guard state.pointee.generation == UInt16(variable.word >> 48) else {
      fail("engine: a variable was released twice", at: .unknown)
    }
    // From now on the handle is stale, also while operations that use it are queued.
    state.pointee.generation &+= 1
    let thread = EngineThread.current
    thread.pointee.variables.give(state, thread.pointee.base)
  }
}
