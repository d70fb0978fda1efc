import CTandem
import Synchronization

/// One running `parallelFor`: a slot that its caller fills and helpers enter.
///
/// `entry` decides who may look at the other fields: bit 63 says that the loop is open, bit 62 that
/// its caller sleeps, bits 32…61 count the loops that used the slot, bits 0…31 the helpers inside.
/// A helper enters by counting itself in while the loop is open; the caller closes the loop, then
/// waits until no helper is inside, and only then returns or changes a field. So helpers may use
/// the caller's stack.
struct LoopJob: ~Copyable {
  static let slots = 64
  static let open: UInt64 = 1 << 63
  static let asleep: UInt64 = 1 << 62
  static let turn: UInt64 = 1 << 32
  static let turnMask: UInt64 = (1 << 62) - (1 << 32)

  let entry = Atomic<UInt64>(0)
  var count = 0
  var helpersMax = 0
  var body: UnsafePointer<(Int) -> Void>?
  private let gap0 = InlineArray<12, UInt64>(repeating: 0)
  /// The next chunk that nobody has taken.
  let next = Atomic<Int>(0)
  private let gap1 = InlineArray<15, UInt64>(repeating: 0)

  /// Counts the calling helper in, if the loop is open and has room.
  borrowing func enter() -> Bool {
    var seen = entry.load(ordering: .relaxed)
    while seen & LoopJob.open != 0 {
      let (done, now) = entry.compareExchange(
        expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      if done { return true }
      seen = now
    }
    return false
  }
}
