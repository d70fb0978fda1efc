import Synchronization

/// How the threads of a team spin, sleep and are woken. Used through a pointer, for its first word
/// is what they sleep on.
///
/// A waker moves a worker from sleeping to searching itself and leaves a token for it, so that a
/// burst of pushes wakes one worker, which wakes the next if there is more to do.
///
/// No wake-up is lost: a worker counts itself among the sleepers and then looks for work once more;
/// whoever makes work does so and then looks for sleepers. One of the two sees the other.
package struct Parking: ~Copyable {
  package typealias Pointer = UnsafeMutablePointer<Parking>

  /// The futex; one token lets one sleeper go. The first field.
  private let tokens = Atomic<UInt32>(0)
  private let gap0 = InlineArray<15, UInt64>(repeating: 0)
  /// Sleeping workers in the low half, searching (spinning) workers in the high half.
  private let counts = Atomic<UInt64>(0)
  private let gap1 = InlineArray<15, UInt64>(repeating: 0)

  private static let sleeper: UInt64 = 1
  private static let searcher: UInt64 = 1 << 32

  package init() {}

  /// Looks for work while `spin` goes on, then sleeps; returns when there may be some.
  @inline(__always)
  package static func search<Model: AtomicModel>(
    _ parking: Pointer, _ model: Model.Type, _ spin: Spin<Model>,
    seesWork: () -> Bool
  ) {
    beginSearch(parking, model)
    var spin = spin
    var found = seesWork()
    while !found, spin.goesOn() { found = seesWork() }
    if !found { sleep(parking, model, seesWork: seesWork) }
    endSearch(parking, model, seesWork: seesWork)
  }

  @inline(__always)
  package static func beginSearch<Model: AtomicModel>(_ parking: Pointer, _ model: Model.Type) {
    Model.step()
    parking.pointee.counts.wrappingAdd(searcher, ordering: .sequentiallyConsistent)
  }

  @inline(__always)
  package static func endSearch<Model: AtomicModel>(
    _ parking: Pointer, _ model: Model.Type, seesWork: () -> Bool
  ) {
    Model.step()
    let before = parking.pointee.counts.wrappingSubtract(
      searcher, ordering: .sequentiallyConsistent
    ).oldValue
    // The last searcher that goes to work sends the next one, if there may be more.
    if before >> 32 == 1, UInt32(truncatingIfNeeded: before) > 0, seesWork() {
      wake(parking, model, atMost: 1)
    }
  }

  /// From searching to sleeping and back to searching.
  @inline(__always)
  private static func sleep<Model: AtomicModel>(
    _ parking: Pointer, _ model: Model.Type, seesWork: () -> Bool
  ) {
    announceSleep(parking, model)
    // Whoever made work before it could see this worker asleep is seen here.
    if seesWork(), unpark(parking, model) { return }
    awaitToken(parking, model)
  }

  @inline(__always)
  package static func announceSleep<Model: AtomicModel>(_ parking: Pointer, _ model: Model.Type) {
    Model.step()
    parking.pointee.counts.wrappingAdd(
      sleeper &- searcher, ordering: .sequentiallyConsistent)
    // The looks for work that follow are relaxed, and the addition alone does not keep them behind
    // its own store on every machine (aarch64).
    atomicMemoryFence(ordering: .sequentiallyConsistent)
  }

  @inline(__always)
  package static func awaitToken<Model: AtomicModel>(_ parking: Pointer, _ model: Model.Type) {
    while !takeToken(parking, model) { Model.park(on: UnsafeRawPointer(parking), while: 0) }
  }

  /// Takes one worker off the sleepers; false if there is none.
  @inline(__always)
  private static func unpark<Model: AtomicModel>(_ parking: Pointer, _ model: Model.Type) -> Bool {
    Model.step()
    var seen = parking.pointee.counts.load(ordering: .relaxed)
    while UInt32(truncatingIfNeeded: seen) > 0 {
      Model.step()
      let (done, now) = parking.pointee.counts.compareExchange(
        expected: seen, desired: seen &- sleeper &+ searcher,
        ordering: .sequentiallyConsistent)
      if done { return true }
      seen = now
    }
    return false
  }

  @inline(__always)
  private static func takeToken<Model: AtomicModel>(
    _ parking: Pointer, _ model: Model.Type
  ) -> Bool {
    Model.step()
    var seen = parking.pointee.tokens.load(ordering: .relaxed)
    while seen > 0 {
      Model.step()
      let (done, now) = parking.pointee.tokens.compareExchange(
        expected: seen, desired: seen - 1, ordering: .acquiringAndReleasing)
      if done { return true }
      seen = now
    }
    return false
  }

  /// Says that there is new work: wakes a worker unless one is already looking.
  @inline(__always)
  package static func notify<Model: AtomicModel>(_ parking: Pointer, _ model: Model.Type) {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    Model.step()
    let seen = parking.pointee.counts.load(ordering: .relaxed)
    if seen >> 32 == 0, UInt32(truncatingIfNeeded: seen) > 0 { wake(parking, model, atMost: 1) }
  }

  /// Wakes workers so that `count` are looking, if so many sleep.
  static func notify<Model: AtomicModel>(
    _ parking: Pointer, _ model: Model.Type, helpers count: Int
  ) {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    Model.step()
    let searching = Int(parking.pointee.counts.load(ordering: .relaxed) >> 32)
    if searching < count { wake(parking, model, atMost: count - searching) }
  }

  @inline(never)
  package static func wake<Model: AtomicModel>(
    _ parking: Pointer, _ model: Model.Type, atMost count: Int
  ) {
    var woken = 0
    while woken < count, unpark(parking, model) { woken += 1 }
    guard woken > 0 else { return }
    Model.step()
    parking.pointee.tokens.wrappingAdd(UInt32(woken), ordering: .acquiringAndReleasing)
    Model.wake(UnsafeRawPointer(parking), atMost: woken)
  }
}
