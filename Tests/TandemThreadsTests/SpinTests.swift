import Testing

@testable import TandemThreads

/// A processor on which a yield takes as long as it is told.
private enum Slow: AtomicModel {
  nonisolated(unsafe) static var rounds: [String] = []
  nonisolated(unsafe) static var time: Int64 = 0
  nonisolated(unsafe) static var slice: Int64 = 0

  static func start(slice: Int64) { (rounds, time, self.slice) = ([], 0, slice) }

  static func step() {}
  static func lock(_ lock: borrowing Spinlock) {}
  static func unlock(_ lock: borrowing Spinlock) {}
  static func park(on word: UnsafeRawPointer, while expected: UInt32) {}
  static func wake(_ word: UnsafeRawPointer, atMost count: Int) {}
  static func pause() { rounds.append("pause") }
  static func yield() {
    rounds.append("yield")
    time += slice
  }
  static func now() -> Int64 { time }
}

@Suite(.serialized) struct SpinTests {
  @Test("after a few pauses every round offers the core to others")
  func yields() {
    Slow.start(slice: 300)
    var spin = Spin(Slow.self, pauses: 3, nanoseconds: 1_000)
    var rounds = 0
    while spin.goesOn() { rounds += 1 }
    #expect(Slow.rounds == ["pause", "pause", "pause", "yield", "yield", "yield", "yield"])
    #expect(rounds == 7 && !spin.goesOn())
  }

  @Test("where somebody else takes the core it is over after one round")
  func sharedCore() {
    Slow.start(slice: 3_000_000)
    var spin = Spin(Slow.self, pauses: 1, nanoseconds: 100_000)
    while spin.goesOn() {}
    #expect(Slow.rounds == ["pause", "yield"])
  }

  @Test("the usual one ends", .timeLimit(.minutes(5)))
  func usual() {
    var spin = Spin()
    while spin.goesOn() {}
  }
}
