import CTandem
import Synchronization

// How workers look for work, spin, sleep and are woken.

extension WorkerTeam {
  /// Rounds of looking for work before a worker sleeps: some ten microseconds, which spares the
  /// futex calls (5 µs and more each way) between the operations of a busy program.
  static let searchRounds = 250

  func work(index: Int) {
    let words = tandem_thread()
    words.pointee.team = Unmanaged.passUnretained(self).toOpaque()
    words.pointee.worker = Int64(index)
    tandem_name_thread("tandem-\(index)")
    while !state.pointee.stop.load(ordering: .relaxed) {
      if runSomething() { continue }
      search()
    }
    words.pointee.team = nil
  }

  /// One piece of work, if any is there: first a running loop's chunks, then an operation.
  private func runSomething() -> Bool {
    if helpLoops() { return true }
    guard !state.pointee.halt.load(ordering: .relaxed) else { return false }
    for index in 0..<state.pointee.sourceCount.load(ordering: .acquiring) {
      if state.pointee.source(index)._withUnsafeGuaranteedRef({ $0.runOne(on: self) }) {
        return true
      }
    }
    return false
  }

  private var seesWork: Bool {
    if state.pointee.stop.load(ordering: .relaxed) { return true }
    if state.pointee.openJobs.load(ordering: .relaxed) != 0 { return true }
    if state.pointee.halt.load(ordering: .relaxed) { return false }
    for index in 0..<state.pointee.sourceCount.load(ordering: .acquiring) {
      if state.pointee.source(index)._withUnsafeGuaranteedRef({ $0.hasWork }) { return true }
    }
    return false
  }

  /// Spins, then sleeps, until there may be something to do.
  private func search() {
    state.pointee.parking.wrappingAdd(TeamState.searcher, ordering: .sequentiallyConsistent)
    var found = false
    for _ in 0..<WorkerTeam.searchRounds where !found {
      found = seesWork
      if !found { tandem_pause() }
    }
    if !found { sleep() }
    let before = state.pointee.parking.wrappingSubtract(
      TeamState.searcher, ordering: .sequentiallyConsistent
    ).oldValue
    // The last searcher that goes to work sends the next one, if there may be more.
    if before >> 32 == 1, UInt32(truncatingIfNeeded: before) > 0, seesWork { wake(atMost: 1) }
  }

  /// From searching to sleeping and back to searching.
  private func sleep() {
    state.pointee.parking.wrappingAdd(
      TeamState.sleeper &- TeamState.searcher, ordering: .sequentiallyConsistent)
    // Whoever made work before it could see this worker asleep is seen here.
    if seesWork, unpark() { return }
    while !takeToken() {
      withFutexWord { word in
        _ = tandem_futex_wait(word, 0, -1)
      }
    }
  }

  /// Takes one worker, this one, off the sleepers; false if a waker has done so already.
  private func unpark() -> Bool {
    var seen = state.pointee.parking.load(ordering: .relaxed)
    while UInt32(truncatingIfNeeded: seen) > 0 {
      let (done, now) = state.pointee.parking.compareExchange(
        expected: seen, desired: seen &- TeamState.sleeper &+ TeamState.searcher,
        ordering: .sequentiallyConsistent)
      if done { return true }
      seen = now
    }
    return false
  }

  private func takeToken() -> Bool {
    var seen = state.pointee.tokens.load(ordering: .relaxed)
    while seen > 0 {
      let (done, now) = state.pointee.tokens.compareExchange(
        expected: seen, desired: seen - 1, ordering: .acquiringAndReleasing)
      if done { return true }
      seen = now
    }
    return false
  }

  /// Says that there is new work: wakes a worker unless one is already looking.
  @inline(__always)
  package func notify() {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let parking = state.pointee.parking.load(ordering: .relaxed)
    if parking >> 32 == 0, UInt32(truncatingIfNeeded: parking) > 0 { wake(atMost: 1) }
  }

  /// Wakes workers so that `count` are looking, if so many sleep.
  func notifyLoop(helpers count: Int) {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    let searching = Int(state.pointee.parking.load(ordering: .relaxed) >> 32)
    if searching < count { wake(atMost: count - searching) }
  }

  @inline(never)
  func wake(atMost count: Int) {
    var woken = 0
    while woken < count, unpark() { woken += 1 }
    guard woken > 0 else { return }
    state.pointee.tokens.wrappingAdd(UInt32(woken), ordering: .acquiringAndReleasing)
    withFutexWord { word in
      _ = tandem_futex_wake(word, Int32(woken))
    }
  }

  func wakeAll() { wake(atMost: width) }

  /// Lets workers finish what they run and start no further operation; for the process's exit.
  package func haltOperations() {
    state.pointee.halt.store(true, ordering: .sequentiallyConsistent)
  }

  private func withFutexWord(_ body: (UnsafeRawPointer) -> Void) {
    let offset = MemoryLayout<TeamState>.offsetOfTokens
    body(UnsafeRawPointer(state) + offset)
  }
}

extension MemoryLayout where T == TeamState {
  /// `tokens` comes after `parking` and its gap: sixteen words in.
  fileprivate static var offsetOfTokens: Int { 128 }
}
