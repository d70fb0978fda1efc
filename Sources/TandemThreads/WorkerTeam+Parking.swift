import CTandem
import Synchronization

// How workers look for work; how they spin, sleep and are woken is in `Parking`.

extension WorkerTeam {
  func work(index: Int) {
    let words = tandem_thread()
    words.pointee.team = Unmanaged.passUnretained(self).toOpaque()
    words.pointee.worker = Int64(index)
    tandem_name_thread("tandem-\(index)")
    threadNumbers[index].store(tandem_thread_number(), ordering: .releasing)
    while !state.pointee.stop.load(ordering: .relaxed) {
      if !runSomething() { search() }
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
    Parking.search(state.pointee.parking, Hardware.self, Spin()) { seesWork }
  }

  /// Says that there is new work: wakes a worker unless one is already looking.
  @inline(__always)
  package func notify() { Parking.notify(state.pointee.parking, Hardware.self) }

  /// Wakes workers so that `count` are looking, if so many sleep.
  func notifyLoop(helpers count: Int) {
    Parking.notify(state.pointee.parking, Hardware.self, helpers: count)
  }

  /// Wakes all, after the caller has stored what they are to see.
  func wakeAll() {
    // The looks for sleepers are relaxed; a store alone does not keep them behind it everywhere
    // (aarch64), and a worker that went to sleep meanwhile would never wake.
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    Parking.wake(state.pointee.parking, Hardware.self, atMost: width)
  }

  /// Whether workers are to start no further operation.
  package var isHalted: Bool { state.pointee.halt.load(ordering: .relaxed) }

  /// Lets workers finish what they run and start no further operation; for the process's exit.
  package func haltOperations() {
    state.pointee.halt.store(true, ordering: .sequentiallyConsistent)
  }
}
