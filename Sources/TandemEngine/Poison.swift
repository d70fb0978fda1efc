import Synchronization
import TandemThreads

/// Why variables are poisoned: the error, and whether anybody has seen it.
final class PoisonCause: Sendable {
  let error: EngineError
  let isObserved = Atomic<Bool>(false)
  /// Counts the variables that any cause of the engine poisons.
  let counter: PoisonCounter

  init(_ error: EngineError, _ counter: PoisonCounter) {
    (self.error, self.counter) = (error, counter)
  }
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

/// The errors of one engine that nobody has seen.
final class ErrorLedger: Sendable {
  /// Older errors are kept, newer ones counted, when nobody looks.
  private static let keptMax = 256

  private let kept = Guarded<(causes: [PoisonCause], dropped: Int)>(([], 0))

  func record(_ cause: PoisonCause) {
    kept.withLock { kept in
      kept.causes.removeAll { $0.isObserved.load(ordering: .relaxed) }
      if kept.causes.count < ErrorLedger.keptMax {
        kept.causes.append(cause)
      } else {
        kept.dropped += 1
      }
    }
  }

  /// The oldest error that nobody has seen, which now counts as seen.
  func takeFirst() -> EngineError? {
    kept.withLock { kept in
      kept.causes.removeAll { $0.isObserved.load(ordering: .relaxed) }
      guard let first = kept.causes.first else { return nil }
      first.isObserved.store(true, ordering: .relaxed)
      kept.causes.removeFirst()
      return first.error
    }
  }

  /// All errors that nobody has seen, oldest first, and how many more there were.
  func takeAll() -> (errors: [EngineError], dropped: Int) {
    kept.withLock { kept in
      defer { kept = ([], 0) }
      return (
        kept.causes.filter { !$0.isObserved.exchange(true, ordering: .relaxed) }.map(\.error),
        kept.dropped
      )
    }
  }
}
