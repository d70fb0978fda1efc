import CTandem
import Glibc
import Synchronization
import TandemShapes

/// A child process made by `fork` has the engine's memory and none of its threads: what it queued
/// would never run. So in a child every engine refuses work, in words, until it calls `exec`.
enum ForkedChild {
  private static let enginesMax = 64
  /// The cores that live, without locks: the parent may hold any lock as it forks. Unsafe only in
  /// name: the address never changes, and what it points to is atomics.
  nonisolated(unsafe) private static let cores: UnsafeMutablePointer<Atomic<UInt>> = {
    let cores = UnsafeMutablePointer<Atomic<UInt>>.allocate(capacity: enginesMax)
    for index in 0..<enginesMax { (cores + index).initialize(to: Atomic(0)) }
    tandem_watch_fork { ForkedChild.begin() }
    return cores
  }()

  /// Whether this process is such a child.
  static var isCurrent: Bool { tandem_is_forked_child() != 0 }

  static func add(_ core: EngineCore) {
    let word = UInt(bitPattern: Unmanaged.passUnretained(core).toOpaque())
    for index in 0..<enginesMax
    where cores[index].compareExchange(
      expected: 0, desired: word, ordering: .acquiringAndReleasing
    ).exchanged { return }
  }

  static func remove(_ core: EngineCore) {
    let word = UInt(bitPattern: Unmanaged.passUnretained(core).toOpaque())
    for index in 0..<enginesMax {
      _ = cores[index].compareExchange(
        expected: word, desired: 0, ordering: .acquiringAndReleasing)
    }
  }

  /// In the child, before `fork` returns there: pushes go the slow way, which looks at
  /// ``isCurrent``.
  private static func begin() {
    for index in 0..<enginesMax {
      guard let core = UnsafeRawPointer(bitPattern: cores[index].load(ordering: .relaxed)) else {
        continue
      }
      Unmanaged<EngineCore>.fromOpaque(core)._withUnsafeGuaranteedRef {
        $0.isShutDown.store(true, ordering: .relaxed)
      }
    }
  }

  /// Stops a child that uses an engine of its parent.
  static func refuse(_ what: String, at site: CallSite = .unknown) {
    guard isCurrent else { return }
    fail(
      "\(what): used in a child process made by fork, which has none of the engine's threads. "
        + "Start the program anew (exec, posix_spawn) or fork before the first array is made",
      at: site)
  }
}
