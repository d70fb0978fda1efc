import Synchronization
import TandemShapes
import TandemThreads

/// The bytes that are held at this moment, by the place that queued the operation which took them;
/// counted while a profile is recorded.
package enum LiveMemory {
  /// What is held that operations queued at one place took.
  struct Amount: Hashable, Sendable {
    var live = 0
    /// The most that it was since the start of the profile.
    var peak = 0
  }

  /// Says where memory was taken; zero if nothing was noted.
  package typealias Token = UInt64

  /// Of memory that no operation took.
  private static let nowhere: Token = 1
  private static let amounts = Guarded<[Token: Amount]>([:])

  /// Notes that the operation which this thread runs has taken memory that stays.
  ///
  /// - Returns: what to hand to ``give(_:_:)`` when the memory is given back.
  @inline(__always)
  package static func take(_ byteCount: Int) -> Token {
    Profiler.isOn.load(ordering: .relaxed) ? note(byteCount) : 0
  }

  @inline(never)
  private static func note(_ byteCount: Int) -> Token {
    let site = EngineThread.current.pointee.runningSite
    let token = site == 0 ? nowhere : site
    amounts.withLock { amounts in
      amounts[token, default: Amount()].live += byteCount
      amounts[token]!.peak = max(amounts[token]!.peak, amounts[token]!.live)
    }
    return token
  }

  /// Notes that memory was given back.
  @inline(never)
  package static func give(_ byteCount: Int, _ token: Token) {
    amounts.withLock { $0[token]?.live -= byteCount }
  }

  /// Forgets peaks, and what is no longer held.
  static func restart() {
    amounts.withLock { amounts in
      amounts = amounts.filter { $0.value.live > 0 }.mapValues {
        Amount(live: $0.live, peak: $0.live)
      }
    }
  }

  /// What is held now.
  static func snapshot() -> [CallSite: Amount] {
    amounts.withLock { amounts in
      Dictionary(
        uniqueKeysWithValues: amounts.map { token, amount in
          (token == nowhere ? CallSite.unknown : CallSite(word: token), amount)
        })
    }
  }
}
