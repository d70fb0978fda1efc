/// A bounded wait that keeps its core from nobody: what a thread does before it sleeps.
///
/// First some pauses, for what comes at once; then round after round the core is offered to
/// whoever is ready to run, another thread of ours that was taken off its core as well as another
/// program (`sched_yield` returns at once if there is none). To be woken takes 50 µs and more where
/// an idle core has to be started again, on virtual machines above all, so what is bounded is
/// time: a round that gave the core away may have been long.
///
/// A value; `Model` is the clock and the processor, so that tests have their own.
package struct Spin<Model: AtomicModel> {
  private let pauses: Int
  private let nanoseconds: Int64
  private var round = 0
  private var end: Int64 = 0

  /// - Parameters:
  ///   - pauses: rounds that only pause.
  ///   - nanoseconds: for how long the rounds after them yield.
  package init(_ model: Model.Type, pauses: Int, nanoseconds: Int64) {
    (self.pauses, self.nanoseconds) = (pauses, nanoseconds)
  }

  /// One round; false, and nothing is done, when the time is over.
  @inline(__always)
  package mutating func goesOn() -> Bool {
    round += 1
    if round <= pauses {
      Model.pause()
      return true
    }
    return yields()
  }

  @inline(never)
  private mutating func yields() -> Bool {
    let now = Model.now()
    if end == 0 { end = now + nanoseconds }
    guard now < end else { return false }
    Model.yield()
    return true
  }
}

extension Spin<Hardware> {
  /// For how long a thread of ours looks for work, or for the end of a loop or operation: longer
  /// than most gaps between the operations of a program that is busy.
  package static var usual: Int64 { 100_000 }

  /// With pauses of about a microsecond together.
  package init(nanoseconds: Int64 = Spin.usual) {
    self.init(Hardware.self, pauses: 32, nanoseconds: nanoseconds)
  }
}
