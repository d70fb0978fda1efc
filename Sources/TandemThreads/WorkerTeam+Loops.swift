import CTandem
import Synchronization

// `parallelFor`: the caller takes chunks itself; idle workers help.

extension WorkerTeam {
  /// Runs every chunk and returns when all are done. False, with nothing run, if all slots are
  /// used.
  func loop(_ count: Int, width: Int, _ body: (Int) -> Void) -> Bool {
    guard let slot = claimSlot() else { return false }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        run(slot, count: count, helpersMax: min(width, count) - 1, pointer)
      }
    }
    state.pointee.usedJobs.bitwiseAnd(~(1 << UInt64(slot)), ordering: .releasing)
    return true
  }

  private func claimSlot() -> Int? {
    var used = state.pointee.usedJobs.load(ordering: .relaxed)
    while used != .max {
      let slot = (~used).trailingZeroBitCount
      let (done, now) = state.pointee.usedJobs.compareExchange(
        expected: used, desired: used | 1 << UInt64(slot), ordering: .acquiringAndReleasing)
      if done { return slot }
      used = now
    }
    return nil
  }

  private func run(
    _ slot: Int, count: Int, helpersMax: Int, _ body: UnsafePointer<(Int) -> Void>
  ) {
    let job = jobs + slot
    job.pointee.count = count
    job.pointee.helpersMax = helpersMax
    job.pointee.body = body
    job.pointee.next.store(0, ordering: .relaxed)
    let turn = (job.pointee.entry.load(ordering: .relaxed) &+ LoopJob.turn) & LoopJob.turnMask
    job.pointee.entry.store(LoopJob.open | turn, ordering: .releasing)
    state.pointee.openJobs.bitwiseOr(1 << UInt64(slot), ordering: .sequentiallyConsistent)
    notifyLoop(helpers: helpersMax)
    takeChunks(slot, body.pointee)
    let helpers = job.pointee.entry.bitwiseAnd(~LoopJob.open, ordering: .acquiringAndReleasing)
      .newValue
    if UInt32(truncatingIfNeeded: helpers) != 0 { awaitHelpers(job) }
  }

  /// Takes chunks until none is left. Whoever takes the last one takes the loop off the board, lest
  /// idle workers spin for as long as that chunk runs.
  private func takeChunks(_ slot: Int, _ body: (Int) -> Void) {
    let job = jobs + slot
    let count = job.pointee.count
    let words = tandem_thread()
    let depth = words.pointee.depth
    words.pointee.depth = depth | 1
    while true {
      let chunk = job.pointee.next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard chunk < count else { break }
      if chunk == count - 1 { takeOffBoard(slot) }
      body(chunk)
    }
    words.pointee.depth = depth
    // Once more: a helper that came early may have taken the last chunk before the loop was put up.
    takeOffBoard(slot)
  }

  @inline(__always)
  private func takeOffBoard(_ slot: Int) {
    let bit: UInt64 = 1 << UInt64(slot)
    if state.pointee.openJobs.load(ordering: .relaxed) & bit != 0 {
      state.pointee.openJobs.bitwiseAnd(~bit, ordering: .relaxed)
    }
  }

  private func awaitHelpers(_ job: UnsafeMutablePointer<LoopJob>) {
    var spin = Spin()
    repeat {
      if UInt32(truncatingIfNeeded: job.pointee.entry.load(ordering: .acquiring)) == 0 { return }
    } while spin.goesOn()
    while true {
      let seen = job.pointee.entry.bitwiseOr(LoopJob.asleep, ordering: .acquiringAndReleasing)
        .newValue
      let inside = UInt32(truncatingIfNeeded: seen)
      guard inside != 0 else { break }
      // The low half of `entry`, its first field, is the count of helpers inside.
      _ = tandem_futex_wait(job, inside, -1)
    }
    job.pointee.entry.bitwiseAnd(~LoopJob.asleep, ordering: .relaxed)
  }

  /// Whether a loop may have chunks to take.
  @inline(__always)
  package var hasOpenLoops: Bool { state.pointee.openJobs.load(ordering: .relaxed) != 0 }

  /// Helps one open loop; false if none has room for the calling worker.
  package func helpLoops() -> Bool {
    var open = state.pointee.openJobs.load(ordering: .relaxed)
    while open != 0 {
      let slot = open.trailingZeroBitCount
      open &= open - 1
      if help(slot) { return true }
    }
    return false
  }

  private func help(_ slot: Int) -> Bool {
    let job = jobs + slot
    guard job.pointee.enter() else { return false }
    let hasRoom =
      UInt32(truncatingIfNeeded: job.pointee.entry.load(ordering: .relaxed))
      <= UInt32(job.pointee.helpersMax)
    if hasRoom { takeChunks(slot, job.pointee.body!.pointee) }
    let left = job.pointee.entry.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue
    if UInt32(truncatingIfNeeded: left) == 0, left & LoopJob.asleep != 0 {
      _ = tandem_futex_wake(job, 1)
    }
    return hasRoom
  }
}
