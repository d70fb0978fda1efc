import Synchronization
import TandemThreads

/// Why variables are poisoned: the error, and whether anybody has seen it.
final class PoisonCause: Sendable {
  let error: EngineError
  let isObserved = Atomic<Bool>(false)
  /// Counts the variables that any cause of the engine poisons.
  let counter: PoisonCounter
  /// Where it is counted if the ledger had no room for it.
  private let unkept: UnkeptErrors?

  init(_ error: EngineError, _ counter: PoisonCounter, unkept: UnkeptErrors?) {
    (self.error, self.counter, self.unkept) = (error, counter, unkept)
    if let unkept { unkept.unseen.wrappingAdd(1, ordering: .relaxed) }
  }

  /// Notes down that somebody has seen the error; false if somebody had before.
  @discardableResult
  func observe() -> Bool {
    if isObserved.exchange(true, ordering: .relaxed) { return false }
    if let unkept { unkept.unseen.wrappingSubtract(1, ordering: .relaxed) }
    return true
  }
}

/// How many of the errors that a ledger had no room for nobody has seen.
final class UnkeptErrors: Sendable {
  let unseen = Atomic<Int>(0)
}

/// How many variables of one engine are poisoned. While it is zero, running operations do not look
/// at their variables at all.
final class PoisonCounter: Sendable {
  let count = Atomic<Int>(0)

  @inline(__always)
  var isZero: Bool { count.load(ordering: .relaxed) == 0 }
}

/// A counted reference to a ``PoisonCause`` in one word, for memory that ARC does not manage.
struct PoisonReference {
  let object: Unmanaged<PoisonCause>

  var word: UInt { UInt(bitPattern: object.toOpaque()) }

  /// The reference of whoever holds the object.
  init(borrowing cause: PoisonCause) { object = .passUnretained(cause) }

  /// One more reference, to be released by whoever gets it.
  init(retaining cause: PoisonCause) { object = .passRetained(cause) }

  init?(word: UInt) {
    guard let pointer = UnsafeRawPointer(bitPattern: word) else { return nil }
    object = .fromOpaque(pointer)
  }

  /// One more reference, to be released by whoever gets it.
  func retained() -> PoisonReference {
    _ = object.retain()
    return self
  }

  func release() { object.release() }

  /// Poisons a variable, or clears it (nil). Under its lock, for a wait may be looking.
  static func set(_ cause: PoisonReference?, on variable: VariablePointer) {
    let word = cause?.retained().word ?? 0
    let old = variable.pointee.lock.withLock {
      variable.pointee.poison.exchange(word, ordering: .relaxed)
    }
    cause?.object._withUnsafeGuaranteedRef {
      _ = $0.counter.count.wrappingAdd(1, ordering: .relaxed)
    }
    guard let old = PoisonReference(word: old) else { return }
    old.object._withUnsafeGuaranteedRef {
      _ = $0.counter.count.wrappingSubtract(1, ordering: .relaxed)
    }
    old.release()
  }
}

/// The errors of one engine, or of several beside each other, that nobody has seen.
final class ErrorLedger: Sendable {
  /// Older errors are kept, newer ones counted, when nobody looks.
  static let keptMax = 256

  private let kept = Guarded<(causes: [PoisonCause], unkept: UnkeptErrors)>(([], UnkeptErrors()))
  /// Engines that live and record here.
  private let engines = Atomic<Int>(0)

  /// Makes an error a cause that poisons, and keeps or counts it until somebody sees it.
  func record(_ error: EngineError, _ counter: PoisonCounter) -> PoisonCause {
    kept.withLock { kept in
      kept.causes.removeAll { $0.isObserved.load(ordering: .relaxed) }
      let hasRoom = kept.causes.count < ErrorLedger.keptMax
      let cause = PoisonCause(error, counter, unkept: hasRoom ? nil : kept.unkept)
      if hasRoom { kept.causes.append(cause) }
      return cause
    }
  }

  func addEngine() { engines.wrappingAdd(1, ordering: .relaxed) }

  /// An engine ends; the last one prints what nobody has seen and nobody could see any more.
  func removeEngine() {
    let left = engines.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
    if left == 0 { printUnseen() }
  }

  /// Prints what nobody has seen, which now counts as seen.
  func printUnseen() {
    let (found, more) = takeKept()
    for error in found { WaitReporting.writeToStandardError("unobserved error: \(error)") }
    if more > 0 { WaitReporting.writeToStandardError("unobserved errors: \(more) more") }
  }

  /// The oldest error that nobody has seen, which now counts as seen.
  func takeFirst() -> EngineError? {
    kept.withLock { kept in
      kept.causes.removeAll { $0.isObserved.load(ordering: .relaxed) }
      guard let first = kept.causes.first else {
        defer { kept.unkept = UnkeptErrors() }
        return ErrorLedger.summary(kept.unkept.unseen.load(ordering: .relaxed))
      }
      first.observe()
      kept.causes.removeFirst()
      return first.error
    }
  }

  /// All errors that nobody has seen, oldest first; the last one says how many more there were than
  /// are kept.
  func takeAll() -> [EngineError] {
    let (found, more) = takeKept()
    return found + [ErrorLedger.summary(more)].compactMap(\.self)
  }

  private func takeKept() -> (errors: [EngineError], more: Int) {
    kept.withLock { kept in
      defer { kept = ([], UnkeptErrors()) }
      return (
        kept.causes.filter { $0.observe() }.map(\.error),
        kept.unkept.unseen.load(ordering: .relaxed)
      )
    }
  }

  /// One error for those that were only counted; nil if there is none.
  private static func summary(_ count: Int) -> EngineError? {
    guard count > 0 else { return nil }
    return EngineError(
      .operationFailed,
      "operations failed whose errors were not kept, as \(keptMax) that nobody has seen are: "
        + "\(count)", operation: "engine", site: .unknown, modulePath: nil)
  }
}
