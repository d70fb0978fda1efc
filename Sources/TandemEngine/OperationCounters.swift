import Synchronization

/// One thread's share of an engine's counts; a cache line pair of its own.
///
/// Only the owning thread writes, so counting costs no read-modify-write instruction; sums over all
/// threads tell how much is in flight.
struct OperationCounters: ~Copyable {
  let pushed = Atomic<Int>(0)
  let done = Atomic<Int>(0)
  let kilobytesPushed = Atomic<Int>(0)
  let kilobytesDone = Atomic<Int>(0)
  let exitCriticalPushed = Atomic<Int>(0)
  let exitCriticalDone = Atomic<Int>(0)
  private let gap = InlineArray<10, UInt64>(repeating: 0)

  @inline(__always)
  static func bump(_ counter: borrowing Atomic<Int>, by amount: Int = 1) -> Int {
    let now = counter.load(ordering: .relaxed) &+ amount
    counter.store(now, ordering: .releasing)
    return now
  }
}

/// What is queued or running at one moment.
struct InFlight {
  var operations = 0
  var kilobytes = 0
  var exitCritical = 0
}
