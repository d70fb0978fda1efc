import CTandem
import Synchronization
import TandemThreads

/// Where one thread waits for one operation. Shared with the operation, which may end after the
/// thread has given up; whoever comes second gives the cell back.
struct WaitCell: ~Copyable {
  static let waiting: UInt32 = 0
  static let asleep: UInt32 = 1
  static let signalled: UInt32 = 2
  static let abandoned: UInt32 = 3

  /// The first field: the word that the thread sleeps on.
  let state = Atomic<UInt32>(0)
  /// The poison of the variable when its writer was done; holds a reference.
  var cause: UInt = 0

  private static let free = Guarded<[UInt]>([])

  static func take() -> UnsafeMutablePointer<WaitCell> {
    if let word = free.withLock({ $0.popLast() }),
      let cell = UnsafeMutablePointer<WaitCell>(bitPattern: word)
    {
      cell.pointee.state.store(waiting, ordering: .relaxed)
      cell.pointee.cause = 0
      return cell
    }
    let cell = UnsafeMutablePointer<WaitCell>.allocate(capacity: 1)
    cell.initialize(to: WaitCell())
    return cell
  }

  /// Cells are never freed: a late wake-up of a reused one is harmless.
  static func give(_ cell: UnsafeMutablePointer<WaitCell>) {
    free.withLock { $0.append(UInt(bitPattern: cell)) }
  }

  static func signal(_ cell: UnsafeMutablePointer<WaitCell>) {
    switch cell.pointee.state.exchange(signalled, ordering: .acquiringAndReleasing) {
    case asleep: _ = tandem_futex_wake(cell, 1)
    case abandoned:
      PoisonReference(word: cell.pointee.cause)?.release()
      give(cell)
    default: break
    }
  }

  /// False if the cell was signalled meanwhile.
  static func abandon(_ cell: UnsafeMutablePointer<WaitCell>) -> Bool {
    cell.pointee.state.exchange(abandoned, ordering: .acquiringAndReleasing) != signalled
  }
}
