import Synchronization
import TandemThreads

/// Operations that can run, four bands of them, most urgent first; any thread adds and takes.
///
/// Each band is a bounded ring without locks; what does not fit, which takes thousands of ready
/// operations, goes to a linked list under a lock, so adding never fails and never waits.
struct ReadyQueue: ~Copyable {
  private let bands: UnsafeMutablePointer<Band>
  /// Bit per band that was ever used, so that most programs look at one band only.
  private let used = Atomic<UInt32>(0)

  init() {
    bands = .allocate(capacity: Priority.allCases.count)
    for band in 0..<Priority.allCases.count { (bands + band).initialize(to: Band()) }
  }

  deinit {
    bands.deinitialize(count: Priority.allCases.count)
    bands.deallocate()
  }

  @inline(__always)
  borrowing func push(_ node: NodePointer, _ base: UnsafeMutableRawPointer) {
    let band = Int(node.pointee.flags.rawValue & Node.Flags.priorityMask)
    let bit: UInt32 = 1 << UInt32(band)
    if used.load(ordering: .relaxed) & bit == 0 { used.bitwiseOr(bit, ordering: .relaxed) }
    if !bands[band].push(node.pointee.owner) { bands[band].pushOverflow(node) }
  }

  @inline(__always)
  borrowing func pop(_ base: UnsafeMutableRawPointer) -> NodePointer? {
    var left = used.load(ordering: .relaxed)
    while left != 0 {
      let band = left.trailingZeroBitCount
      left &= left - 1
      let number = bands[band].pop(base)
      if number != 0 { return NodePool.node(number, base) }
    }
    return nil
  }

  /// Whether something waits in a band above the operation's own. Most programs use one band, and
  /// then this is one load.
  @inline(__always)
  borrowing func isMoreUrgent(than node: NodePointer) -> Bool {
    let band = node.pointee.flags.rawValue & Node.Flags.priorityMask
    var left = used.load(ordering: .relaxed) & (1 << band - 1)
    while left != 0 {
      if !bands[left.trailingZeroBitCount].isEmpty { return true }
      left &= left - 1
    }
    return false
  }

  var isEmpty: Bool {
    var left = used.load(ordering: .relaxed)
    while left != 0 {
      if !bands[left.trailingZeroBitCount].isEmpty { return false }
      left &= left - 1
    }
    return true
  }
}

/// One band: a ring of cells, each with the turn in which it may be filled or emptied.
private struct Band: ~Copyable {
  static let capacity = 4096
  private static let mask = capacity - 1

  private struct Cell: ~Copyable {
    /// The position up to which the cell is ready: `p` to be filled for position `p`, `p + 1` to be
    /// emptied.
    let turn: Atomic<Int>
    let number = Atomic<UInt32>(0)
  }

  private let cells: UnsafeMutablePointer<Cell>
  private let gap0 = InlineArray<15, UInt64>(repeating: 0)
  private let tail = Atomic<Int>(0)
  private let gap1 = InlineArray<15, UInt64>(repeating: 0)
  private let first = Atomic<Int>(0)
  private let gap2 = InlineArray<15, UInt64>(repeating: 0)
  private let overflowCount = Atomic<Int>(0)
  private let lock = Spinlock()
  private let ends: UnsafeMutablePointer<(first: UInt32, last: NodePointer?)>

  init() {
    cells = .allocate(capacity: Band.capacity)
    for index in 0..<Band.capacity { (cells + index).initialize(to: Cell(turn: Atomic(index))) }
    ends = .allocate(capacity: 1)
    ends.initialize(to: (0, nil))
  }

  deinit {
    cells.deinitialize(count: Band.capacity)
    cells.deallocate()
    ends.deallocate()
  }

  var isEmpty: Bool {
    tail.load(ordering: .relaxed) == first.load(ordering: .relaxed)
      && overflowCount.load(ordering: .relaxed) == 0
  }

  @inline(__always)
  borrowing func push(_ number: UInt32) -> Bool {
    var position = tail.load(ordering: .relaxed)
    while true {
      let cell = cells + (position & Band.mask)
      let lead = cell.pointee.turn.load(ordering: .acquiring) &- position
      if lead < 0 { return false }
      if lead > 0 {
        position = tail.load(ordering: .relaxed)
        continue
      }
      let (done, now) = tail.weakCompareExchange(
        expected: position, desired: position &+ 1, ordering: .relaxed)
      if done {
        cell.pointee.number.store(number, ordering: .relaxed)
        cell.pointee.turn.store(position &+ 1, ordering: .releasing)
        return true
      }
      position = now
    }
  }

  @inline(__always)
  borrowing func pop(_ base: UnsafeMutableRawPointer) -> UInt32 {
    var position = first.load(ordering: .relaxed)
    while true {
      let cell = cells + (position & Band.mask)
      let lead = cell.pointee.turn.load(ordering: .acquiring) &- (position &+ 1)
      if lead < 0 { break }
      if lead > 0 {
        position = first.load(ordering: .relaxed)
        continue
      }
      let (done, now) = first.weakCompareExchange(
        expected: position, desired: position &+ 1, ordering: .relaxed)
      if done {
        let number = cell.pointee.number.load(ordering: .relaxed)
        cell.pointee.turn.store(position &+ Band.capacity, ordering: .releasing)
        return number
      }
      position = now
    }
    return overflowCount.load(ordering: .relaxed) == 0 ? 0 : popOverflow(base)
  }

  @inline(never)
  borrowing func pushOverflow(_ node: NodePointer) {
    lock.withLock {
      node.pointee.next = 0
      if let last = ends.pointee.last {
        last.pointee.next = node.pointee.owner
      } else {
        ends.pointee.first = node.pointee.owner
      }
      ends.pointee.last = node
      overflowCount.wrappingAdd(1, ordering: .relaxed)
    }
  }

  @inline(never)
  private borrowing func popOverflow(_ base: UnsafeMutableRawPointer) -> UInt32 {
    lock.withLock {
      let number = ends.pointee.first
      guard number != 0 else { return 0 }
      ends.pointee.first = NodePool.node(number, base).pointee.next
      if ends.pointee.first == 0 { ends.pointee.last = nil }
      overflowCount.wrappingSubtract(1, ordering: .relaxed)
      return number
    }
  }
}
