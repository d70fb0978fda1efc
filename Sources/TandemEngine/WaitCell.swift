import CTandem
import Synchronization
import TandemThreads

/// Where one thread waits, without a limit, for one operation that it pushed; it gives the cell
/// back when the operation has signalled it.
struct WaitCell: ~Copyable {
  static let waiting: UInt32 = 0
  static let asleep: UInt32 = 1
  static let signalled: UInt32 = 2

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

  static func signal<Model: AtomicModel>(
    _ cell: UnsafeMutablePointer<WaitCell>, _ model: Model.Type
  ) {
    Model.step()
    let before = cell.pointee.state.exchange(signalled, ordering: .acquiringAndReleasing)
    if before == asleep { Model.wake(cell, atMost: 1) }
  }

  /// Says that the thread is about to sleep; false if it need not any more.
  static func announceSleep<Model: AtomicModel>(
    _ cell: UnsafeMutablePointer<WaitCell>, _ model: Model.Type
  ) -> Bool {
    Model.step()
    let (_, now) = cell.pointee.state.compareExchange(
      expected: waiting, desired: asleep, ordering: .acquiringAndReleasing)
    return now != signalled
  }
}
