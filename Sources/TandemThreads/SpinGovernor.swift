/// Decides whether a worker may spin: not while the process shares its cores, for then spinning
/// takes the core from somebody who would use it, often from our own work.
///
/// What tells is how often the kernel takes the core away from a thread that wants to go on
/// (involuntary context switches): on free cores a few times a second, beside another busy thread
/// at every time slice of some milliseconds. A value without clock or system calls.
struct SpinGovernor {
  /// Rounds of looking for work on cores of our own: some ten microseconds, which spares the futex
  /// calls (5 µs and more each way) between the operations of a busy program.
  static let roundsMax = 250
  /// How often to look, in nanoseconds.
  static let window: Int64 = 20_000_000
  /// Taken away more often than this per second, the cores count as shared.
  static let preemptionsPerSecondMax = 40.0
  /// Quiet windows in a row after which they count as our own again.
  static let quietWindows = 5

  private(set) var rounds = SpinGovernor.roundsMax
  private var windowStart: Int64
  private var preemptions: Int64
  private var quiet = 0

  init(now: Int64, preemptions: Int64) {
    (windowStart, self.preemptions) = (now, preemptions)
  }

  /// Whether a window is over and ``observe(now:preemptions:)`` wants to know.
  func isDue(now: Int64) -> Bool { now - windowStart >= SpinGovernor.window }

  /// Takes notice of the thread's count of involuntary context switches.
  mutating func observe(now: Int64, preemptions total: Int64) {
    let seconds = Double(now - windowStart) * 1e-9
    // A single one in a short window says nothing.
    let isShared =
      total - preemptions > 1
      && Double(total - preemptions) > SpinGovernor.preemptionsPerSecondMax * seconds
    (windowStart, preemptions) = (now, total)
    quiet = isShared ? 0 : quiet + 1
    if isShared {
      rounds = 0
    } else if quiet >= SpinGovernor.quietWindows {
      rounds = SpinGovernor.roundsMax
    }
  }
}
