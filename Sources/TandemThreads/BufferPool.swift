import CTandem
import Glibc
import Synchronization
import TandemShapes

/// Memory for array storage and scratch space, recycled.
///
/// Touching fresh pages costs more than most kernels, so buffers given back are kept: small ones
/// (up to 32 KiB) in a cache of the thread, which exchanges batches with a shared list; larger ones
/// in shared lists, one per size class. What is kept beyond ``cachedBytesMax`` goes back to the
/// system, other sizes before the size that was just given back.
///
/// A buffer may be given back by another thread than the one that took it.
public final class BufferPool: @unchecked Sendable {
  // Sendable: `shelves` never changes, and each shelf's list is under its spinlock. A thread's
  // cache is touched by that thread alone, but for its counters, which are atomics.

  /// The pool of the process.
  public static let shared = BufferPool()

  /// A list of free buffers of one size class, linked through their first word.
  struct Shelf: ~Copyable {
    // Not the lock first: to the thread sanitizer a change of any plain field is an access to the
    // first byte.
    var first: UnsafeMutableRawPointer?
    let lock = Spinlock()
    var count = 0
  }

  let shelves: UnsafeMutablePointer<Shelf>
  let caches = Guarded<[UnsafeMutablePointer<ThreadCache>]>([])
  let carving = Guarded<Carving>(Carving())

  /// Bytes on the shelves of sizes above 32 KiB.
  let shelvedBytes = Atomic<Int>(0)
  let systemBytes = Atomic<Int>(0)
  let systemAllocations = Atomic<Int>(0)
  let peakSystemBytes = Atomic<Int>(0)
  /// Bytes in use in buffers of more than 32 KiB, and the largest that this has been.
  let largeBytes = Atomic<Int>(0)
  let peakLargeBytes = Atomic<Int>(0)
  let cachedLimit: Atomic<Int>

  private init() {
    shelves = .allocate(capacity: SizeClass.count)
    for index in 0..<SizeClass.count { (shelves + index).initialize(to: Shelf()) }
    let memory = MemoryQuota.memory
    cachedLimit = Atomic(memory / 4)
    tandem_thread_set_exit_hook(1) { cache in
      BufferPool.shared.retire(cache.assumingMemoryBound(to: ThreadCache.self))
    }
  }

  /// At least `byteCount` bytes, aligned to 64, contents undefined. Give them back with
  /// ``deallocate(_:byteCount:)``, from any thread. Fails, in words, when the system has no memory.
  public func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let index = SizeClass.index(of: byteCount)
    let cache = currentCache()
    if index <= SizeClass.smallMax {
      cache.pointee.count(bytes: SizeClass.byteCount(of: index), buffers: 1)
      if let buffer = cache.pointee.take(index) { return buffer }
      return refill(cache, index)
    }
    guard index < SizeClass.count else { outOfMemory(byteCount, counted: 0) }
    cache.pointee.count(bytes: SizeClass.byteCount(of: index), buffers: 1)
    countLarge(SizeClass.byteCount(of: index))
    return takeFromShelf(index) ?? newBuffer(index)
  }

  /// Gives back what ``allocate(byteCount:)`` returned for the same `byteCount`.
  public func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    let index = SizeClass.index(of: byteCount)
    let cache = currentCache()
    cache.pointee.count(bytes: -SizeClass.byteCount(of: index), buffers: -1)
    if index <= SizeClass.smallMax {
      if cache.pointee.give(pointer, index) { unload(cache, index) }
    } else {
      largeBytes.wrappingSubtract(SizeClass.byteCount(of: index), ordering: .relaxed)
      shelve(pointer, index)
    }
  }

  /// The same for memory that is kept long, as a plan's arena: whole pages instead of a size class,
  /// so that no more is in use than was asked for. Give it back with
  /// ``deallocatePages(_:byteCount:)``.
  public func allocatePages(byteCount: Int) -> UnsafeMutableRawPointer {
    guard byteCount >= BufferPool.pagesMin else { return allocate(byteCount: byteCount) }
    guard SizeClass.index(of: byteCount) < SizeClass.count else {
      outOfMemory(byteCount, counted: 0)
    }
    let bytes = BufferPool.wholePages(byteCount)
    currentCache().pointee.count(bytes: bytes, buffers: 1)
    countLarge(bytes)
    return newPages(bytes)
  }

  /// Bytes that the pool counts for a buffer of `byteCount` bytes.
  public static func countedBytes(of byteCount: Int) -> Int {
    SizeClass.byteCount(of: SizeClass.index(of: byteCount))
  }

  /// Gives back what ``allocatePages(byteCount:)`` returned for the same `byteCount`, to the
  /// system.
  public func deallocatePages(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    guard byteCount >= BufferPool.pagesMin else {
      return deallocate(pointer, byteCount: byteCount)
    }
    let bytes = BufferPool.wholePages(byteCount)
    currentCache().pointee.count(bytes: -bytes, buffers: -1)
    largeBytes.wrappingSubtract(bytes, ordering: .relaxed)
    freePages(pointer, bytes)
  }

  /// The most bytes above which free buffers go back to the system instead of being kept; at first
  /// a quarter of the memory that the process may use.
  public var cachedBytesMax: Int {
    get { cachedLimit.load(ordering: .relaxed) }
    set {
      cachedLimit.store(newValue, ordering: .relaxed)
      evict(keeping: nil, untilBelow: newValue)
    }
  }

  /// Gives all kept buffers of more than 32 KiB back to the system.
  public func trim() { evict(keeping: nil, untilBelow: 0) }

  @inline(__always)
  private func countLarge(_ bytes: Int) {
    let now = largeBytes.wrappingAdd(bytes, ordering: .relaxed).newValue
    if now > peakLargeBytes.load(ordering: .relaxed) { peakLargeBytes.max(now, ordering: .relaxed) }
  }

  @inline(__always)
  func currentCache() -> UnsafeMutablePointer<ThreadCache> {
    if let cache = tandem_thread().pointee.pool {
      return cache.assumingMemoryBound(to: ThreadCache.self)
    }
    return makeCache()
  }

  // MARK: Shelves

  private func takeFromShelf(_ index: Int) -> UnsafeMutableRawPointer? {
    let shelf = shelves + index
    let buffer = shelf.pointee.lock.withLock { () -> UnsafeMutableRawPointer? in
      guard let first = shelf.pointee.first else { return nil }
      shelf.pointee.first = first.load(as: UnsafeMutableRawPointer?.self)
      shelf.pointee.count -= 1
      return first
    }
    if buffer != nil {
      shelvedBytes.wrappingSubtract(SizeClass.byteCount(of: index), ordering: .relaxed)
    }
    return buffer
  }

  private func shelve(_ buffer: UnsafeMutableRawPointer, _ index: Int) {
    let shelf = shelves + index
    shelf.pointee.lock.withLock {
      buffer.storeBytes(of: shelf.pointee.first, as: UnsafeMutableRawPointer?.self)
      shelf.pointee.first = buffer
      shelf.pointee.count += 1
    }
    let kept = shelvedBytes.wrappingAdd(SizeClass.byteCount(of: index), ordering: .relaxed).newValue
    let limit = cachedLimit.load(ordering: .relaxed)
    if kept > limit { evict(keeping: index, untilBelow: limit) }
  }

  /// Frees shelved buffers, largest first and those of class `keeping` last, until no more than
  /// `limit` bytes are shelved.
  private func evict(keeping: Int?, untilBelow limit: Int) {
    let others = (SizeClass.smallMax + 1..<SizeClass.count).reversed().filter { $0 != keeping }
    for index in others + [keeping].compactMap({ $0 }) {
      while shelvedBytes.load(ordering: .relaxed) > limit, let buffer = takeFromShelf(index) {
        freeToSystem(buffer, index)
      }
    }
  }
}
