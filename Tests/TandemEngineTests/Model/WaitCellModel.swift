import Synchronization
import TandemThreads

@testable import TandemEngine

/// A thread that waits in one cell twice, as cells are used again at once, and two that signal it;
/// the wake-up of the first may come during the second wait.
final class WaitCellModel {
  private static let rounds = 2
  private let looksTooEarly: Bool
  private let cell: UnsafeMutablePointer<WaitCell>
  private var round = 0
  private var signals = 0

  /// - Parameter looksTooEarly: who signals looks whether somebody sleeps before it does so, which
  ///   loses a thread that goes to sleep in between.
  init(looksTooEarly: Bool) {
    self.looksTooEarly = looksTooEarly
    cell = .allocate(capacity: 1)
    cell.initialize(to: WaitCell())
  }

  deinit {
    cell.deinitialize(count: 1)
    cell.deallocate()
  }

  var bodies: [() -> Void] { [wait] + (1...WaitCellModel.rounds).map { at in { self.signal(at) } } }

  func check() -> String? { round == WaitCellModel.rounds ? nil : "\(round) rounds" }

  /// As `EngineCore.wait`.
  private func wait() {
    for at in 1...WaitCellModel.rounds {
      cell.pointee.state.store(WaitCell.waiting, ordering: .relaxed)
      round = at
      while WaitCell.announceSleep(cell, Virtual.self) {
        Virtual.park(on: cell, while: WaitCell.asleep)
        Virtual.step()
        if cell.pointee.state.load(ordering: .acquiring) == WaitCell.signalled { break }
      }
      if signals < at { VirtualThreads.active.fail("woken before the signal") }
    }
  }

  private func signal(_ at: Int) {
    VirtualThreads.active.block { [self] in round >= at }
    signals += 1
    guard looksTooEarly else { return WaitCell.signal(cell, Virtual.self) }
    let before = cell.pointee.state.load(ordering: .acquiring)
    Virtual.step()
    cell.pointee.state.store(WaitCell.signalled, ordering: .releasing)
    if before == WaitCell.asleep { Virtual.wake(cell, atMost: 1) }
  }
}
