import Synchronization

/// The atomics of a ``WorkerTeam``, each group on cache lines of its own.
struct TeamState: ~Copyable {
  static let sourcesMax = 16

  let parking: Parking.Pointer = .allocate(capacity: 1)
  private let gap0 = InlineArray<15, UInt64>(repeating: 0)
  /// Slots of loops that may still have chunks to take: a hint.
  let openJobs = Atomic<UInt64>(0)
  private let gap1 = InlineArray<15, UInt64>(repeating: 0)
  /// Slots that a caller owns.
  let usedJobs = Atomic<UInt64>(0)
  private let gap2 = InlineArray<15, UInt64>(repeating: 0)
  /// Rarely written: the end of the team, a halt at process exit, and the work sources.
  let stop = Atomic<Bool>(false)
  let halt = Atomic<Bool>(false)
  let running = Atomic<Int>(0)
  let sourceCount = Atomic<Int>(0)
  private let sources = InlineSources()

  init() { parking.initialize(to: Parking()) }

  deinit { parking.deallocate() }

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
