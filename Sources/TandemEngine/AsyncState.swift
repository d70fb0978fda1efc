import Synchronization
import TandemThreads

/// The state of an asynchronous operation in the low bits of its completion word, and who may do
/// what next. Three come together: the thread that runs its `run`, whoever completes it, and
/// whoever gives it up. One of the last two says how it ended; the later of that one and the first
/// finishes it.
enum AsyncState {
  /// Somebody has the right to say how it ended.
  static let claimed: UInt64 = 1
  /// It has been said.
  static let completed: UInt64 = 2
  /// The payload's `run` has returned.
  static let started: UInt64 = 4
  /// It was given up; its completion may still arrive.
  static let abandoned: UInt64 = 8

  static func generation(_ node: NodePointer) -> UInt64 {
    node.pointee.completion.load(ordering: .relaxed) >> 32
  }

  /// Whether the caller is the one that may say how the operation of that generation ended.
  static func claim<Model: AtomicModel>(
    _ node: NodePointer, _ generation: UInt64, _ model: Model.Type
  ) -> Bool {
    Model.step()
    var seen = node.pointee.completion.load(ordering: .acquiring)
    while seen >> 32 == generation, seen & claimed == 0 {
      Model.step()
      let (done, now) = node.pointee.completion.compareExchange(
        expected: seen, desired: seen | claimed, ordering: .acquiringAndReleasing)
      if done { return true }
      seen = now
    }
    return false
  }

  /// Notes how the operation ended, by whoever claimed it; true if the caller is to finish it.
  static func end<Model: AtomicModel>(
    _ node: NodePointer, bits: UInt64, _ model: Model.Type
  ) -> Bool {
    Model.step()
    let before = node.pointee.completion.bitwiseOr(bits, ordering: .acquiringAndReleasing).oldValue
    return before & started != 0
  }

  /// Notes that the payload's `run` has returned; true if the caller is to finish the operation.
  static func noteStarted<Model: AtomicModel>(_ node: NodePointer, _ model: Model.Type) -> Bool {
    Model.step()
    let before = node.pointee.completion.bitwiseOr(started, ordering: .acquiringAndReleasing)
      .oldValue
    return before & completed != 0
  }
}
