import TandemThreads

/// The machine itself, for the engine's algorithms; what is called in every push is inlined here.
enum EngineHardware: AtomicModel {
  @inline(__always)
  static func step() {}

  @inline(__always)
  static func lock(_ lock: borrowing Spinlock) { lock.lock() }

  @inline(__always)
  static func unlock(_ lock: borrowing Spinlock) { lock.unlock() }

  static func park(on word: UnsafeRawPointer, while expected: UInt32) {
    Hardware.park(on: word, while: expected)
  }

  static func wake(_ word: UnsafeRawPointer, atMost count: Int) {
    Hardware.wake(word, atMost: count)
  }

  static func pause() { Hardware.pause() }
  static func yield() { Hardware.yield() }
  static func now() -> Int64 { Hardware.now() }
}
