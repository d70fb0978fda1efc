import Synchronization
import TandemShapes
import TandemThreads

/// A thread's free variables, and the released ones on which operations are still pending.
///
/// A released variable waits here until the operations that use it are done, which costs no
/// operation of its own: `release` is called for every temporary array.
struct VariableStock {
  private static let batch = 64
  private static let chunk = 256

  /// Free states, linked through `writer`.
  private var free: VariablePointer?
  private var freeCount = 0
  private var waiting: [VariablePointer] = []
  private var oldest = 0

  /// Chains of ``batch`` free states.
  private static let chains = Guarded<[UInt]>([])

  @inline(__always)
  mutating func take(_ base: UnsafeMutableRawPointer) -> VariablePointer {
    if oldest < waiting.count { reclaim(base) }
    if free == nil { refill() }
    let variable = free.unsafelyUnwrapped
    free = VariablePointer(bitPattern: UInt(variable.pointee.writer))
    freeCount -= 1
    variable.pointee.writer = 0
    return variable
  }

  /// Takes back a variable that has been marked as released.
  @inline(__always)
  mutating func give(_ variable: VariablePointer, _ base: UnsafeMutableRawPointer) {
    if VariableStock.isIdle(variable, base) { recycle(variable) } else { waiting.append(variable) }
    if oldest < waiting.count { reclaim(base) }
  }

  /// Whether all operations on a released variable are done. Nobody registers new ones.
  @inline(__always)
  private static func isIdle(_ variable: VariablePointer, _ base: UnsafeMutableRawPointer) -> Bool {
    guard NodePool.isDone(variable.pointee.writer, base) else { return false }
    let readers = VariableState.readers(variable)
    for index in 0..<Int(variable.pointee.readerCount)
    where !NodePool.isDone(readers[index], base) { return false }
    return true
  }

  /// Looks at the variables that have waited longest.
  private mutating func reclaim(_ base: UnsafeMutableRawPointer) {
    var looks = 4
    while looks > 0, oldest < waiting.count {
      looks -= 1
      let variable = waiting[oldest]
      if VariableStock.isIdle(variable, base) {
        recycle(variable)
      } else if looks == 3 {
        // Behind the others, lest one long operation holds all of them.
        waiting.append(variable)
      } else {
        break
      }
      oldest += 1
    }
    if oldest == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      oldest = 0
    } else if oldest > 1024, oldest * 2 > waiting.count {
      waiting.removeFirst(oldest)
      oldest = 0
    }
  }

  private mutating func recycle(_ variable: VariablePointer) {
    if variable.pointee.poison.load(ordering: .relaxed) != 0 {
      PoisonReference.set(nil, on: variable)
    }
    VariableState.freeReaders(variable)
    variable.pointee.readerCount = 0
    if freeCount >= 2 * VariableStock.batch { spill() }
    variable.pointee.writer = UInt64(UInt(bitPattern: free))
    free = variable
    freeCount += 1
  }

  @inline(never)
  private mutating func refill() {
    free = VariableStock.chains.withLock { $0.popLast() }.flatMap {
      VariablePointer(bitPattern: $0)
    }
    freeCount = VariableStock.batch
    guard free == nil else { return }
    let states = UnsafeMutableRawPointer.allocate(
      byteCount: VariableStock.chunk * MemoryLayout<VariableState>.stride, alignment: 64
    ).bindMemory(to: VariableState.self, capacity: VariableStock.chunk)
    for index in (0..<VariableStock.chunk).reversed() {
      (states + index).initialize(to: VariableState())
      (states + index).pointee.writer = UInt64(UInt(bitPattern: free))
      free = states + index
    }
    freeCount = VariableStock.chunk
  }

  @inline(never)
  private mutating func spill() {
    let first = free
    var last = free.unsafelyUnwrapped
    for _ in 1..<VariableStock.batch {
      last = VariablePointer(bitPattern: UInt(last.pointee.writer)).unsafelyUnwrapped
    }
    free = VariablePointer(bitPattern: UInt(last.pointee.writer))
    last.pointee.writer = 0
    freeCount -= VariableStock.batch
    VariableStock.chains.withLock { $0.append(UInt(bitPattern: first)) }
  }
}
