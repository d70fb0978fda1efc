import Synchronization

/// The atomics of a ``WorkerTeam``, each group on cache lines of its own.
struct TeamState: ~Copyable {
  static let sourcesMax = 16

  /// Sleeping workers in the low half, searching (spinning) workers in the high half.
  ///
  /// A waker moves a worker from sleeping to searching itself and leaves a token for it, so that a
  /// burst of pushes wakes one worker, which wakes the next if there is more to do.
  let parking = Atomic<UInt64>(0)
  private let gap0 = InlineArray<15, UInt64>(repeating: 0)
  /// The futex on which workers sleep; one token lets one of them go.
  let tokens = Atomic<UInt32>(0)
  private let gap1 = InlineArray<15, UInt64>(repeating: 0)
  /// Slots of loops that may still have chunks to take: a hint.
  let openJobs = Atomic<UInt64>(0)
  private let gap2 = InlineArray<15, UInt64>(repeating: 0)
  /// Slots that a caller owns.
  let usedJobs = Atomic<UInt64>(0)
  private let gap3 = InlineArray<15, UInt64>(repeating: 0)
  /// Rarely written: the end of the team, a halt at process exit, and the work sources.
  let stop = Atomic<Bool>(false)
  let halt = Atomic<Bool>(false)
  let running = Atomic<Int>(0)
  let sourceCount = Atomic<Int>(0)
  private let sources = InlineSources()

  static let sleeper: UInt64 = 1
  static let searcher: UInt64 = 1 << 32

  borrowing func setSource(_ index: Int, _ source: UnsafeMutableRawPointer) {
    sources.store(index, UInt(bitPattern: source))
    if index >= sourceCount.load(ordering: .relaxed) {
      sourceCount.store(index + 1, ordering: .releasing)
    }
  }

  @inline(__always)
  borrowing func source(_ index: Int) -> Unmanaged<WorkSource> {
    .fromOpaque(UnsafeRawPointer(bitPattern: sources.load(index))!)
  }
}

/// The addresses of the registered sources; never freed while the team works.
private struct InlineSources: ~Copyable {
  private let words: UnsafeMutablePointer<Atomic<UInt>>

  init() {
    words = .allocate(capacity: TeamState.sourcesMax)
    for index in 0..<TeamState.sourcesMax { (words + index).initialize(to: Atomic(0)) }
  }

  deinit { words.deallocate() }

  borrowing func store(_ index: Int, _ word: UInt) {
    words[index].store(word, ordering: .releasing)
  }

  borrowing func load(_ index: Int) -> UInt { words[index].load(ordering: .acquiring) }
}
