import CTandem
import Synchronization

// The free small buffers that one thread keeps. A thread that mostly gives back (a worker) passes
// batches to the shelf of the class; a thread that mostly takes fetches them there.

extension BufferPool {
  struct ThreadCache: ~Copyable {
    /// The free buffers of one class, linked through their first word.
    struct Stack {
      var first: UnsafeMutableRawPointer?
      var count = 0
    }

    private let stacks: UnsafeMutablePointer<Stack>
    var isFree = false
    /// Differences that this thread made; only sums over all threads mean something.
    let liveBytes = Atomic<Int>(0)
    let liveBuffers = Atomic<Int>(0)
    let allocations = Atomic<Int>(0)
    let allocatedBytes = Atomic<Int>(0)
    /// The largest that ``liveBytes`` has been since the thread last asked.
    let peakBytes = Atomic<Int>(0)

    init() {
      stacks = .allocate(capacity: SizeClass.smallMax + 1)
      stacks.initialize(repeating: Stack(), count: SizeClass.smallMax + 1)
    }

    /// Half of what a thread keeps of a class, and what moves to or from the shelf at once.
    @inline(__always)
    static func batch(_ index: Int) -> Int {
      Swift.max(1, Swift.min(64, (64 << 10) / SizeClass.byteCount(of: index)))
    }

    /// Only the owning thread writes, so no read-modify-write instruction is needed.
    @inline(__always)
    borrowing func count(bytes: Int, buffers: Int) {
      liveBytes.store(liveBytes.load(ordering: .relaxed) &+ bytes, ordering: .relaxed)
      liveBuffers.store(liveBuffers.load(ordering: .relaxed) &+ buffers, ordering: .relaxed)
      if buffers > 0 {
        allocations.store(allocations.load(ordering: .relaxed) &+ buffers, ordering: .relaxed)
        allocatedBytes.store(allocatedBytes.load(ordering: .relaxed) &+ bytes, ordering: .relaxed)
        let now = liveBytes.load(ordering: .relaxed)
        if now > peakBytes.load(ordering: .relaxed) { peakBytes.store(now, ordering: .relaxed) }
      }
    }

    @inline(__always)
    borrowing func take(_ index: Int) -> UnsafeMutableRawPointer? {
      guard let buffer = stacks[index].first else { return nil }
      stacks[index].first = buffer.load(as: UnsafeMutableRawPointer?.self)
      stacks[index].count -= 1
      return buffer
    }

    /// Keeps a buffer; true if the class now has more than two batches.
    @inline(__always)
    borrowing func give(_ buffer: UnsafeMutableRawPointer, _ index: Int) -> Bool {
      buffer.storeBytes(of: stacks[index].first, as: UnsafeMutableRawPointer?.self)
      stacks[index].first = buffer
      stacks[index].count += 1
      return stacks[index].count > 2 * ThreadCache.batch(index)
    }

    borrowing func heldCount(_ index: Int) -> Int { stacks[index].count }

    deinit { stacks.deallocate() }
  }

  /// The calling thread's cache, made now or inherited from a thread that ended.
  @inline(never)
  func makeCache() -> UnsafeMutablePointer<ThreadCache> {
    let cache = caches.withLock { caches -> UnsafeMutablePointer<ThreadCache> in
      if let old = caches.first(where: { $0.pointee.isFree }) {
        old.pointee.isFree = false
        return old
      }
      let new = UnsafeMutablePointer<ThreadCache>.allocate(capacity: 1)
      new.initialize(to: ThreadCache())
      caches.append(new)
      return new
    }
    tandem_thread().pointee.pool = UnsafeMutableRawPointer(cache)
    tandem_thread_watch_exit()
    return cache
  }

  /// Empties the cache of a thread that ends and leaves it to the next new thread.
  func retire(_ cache: UnsafeMutablePointer<ThreadCache>) {
    for index in 0...SizeClass.smallMax {
      let held = cache.pointee.heldCount(index)
      if held > 0 { move(held, from: cache, index) }
    }
    caches.withLock { _ in cache.pointee.isFree = true }
  }

  /// Fetches a batch for the thread and returns one buffer of it.
  @inline(never)
  func refill(_ cache: UnsafeMutablePointer<ThreadCache>, _ index: Int) -> UnsafeMutableRawPointer {
    let batch = ThreadCache.batch(index)
    var chain = takeChain(index, atMost: batch) ?? carve(index, count: batch)
    while let next = chain.load(as: UnsafeMutableRawPointer?.self) {
      _ = cache.pointee.give(chain, index)
      chain = next
    }
    return chain
  }

  /// Passes a batch of the thread's free buffers on to the others.
  @inline(never)
  func unload(_ cache: UnsafeMutablePointer<ThreadCache>, _ index: Int) {
    move(ThreadCache.batch(index), from: cache, index)
  }

  private func move(_ count: Int, from cache: UnsafeMutablePointer<ThreadCache>, _ index: Int) {
    guard let last = cache.pointee.take(index) else { return }
    var (first, moved) = (last, 1)
    while moved < count, let buffer = cache.pointee.take(index) {
      buffer.storeBytes(of: first, as: UnsafeMutableRawPointer?.self)
      (first, moved) = (buffer, moved + 1)
    }
    let shelf = shelves + index
    shelf.pointee.lock.withLock {
      last.storeBytes(of: shelf.pointee.first, as: UnsafeMutableRawPointer?.self)
      shelf.pointee.first = first
      shelf.pointee.count += moved
    }
  }

  private func takeChain(_ index: Int, atMost count: Int) -> UnsafeMutableRawPointer? {
    let shelf = shelves + index
    return shelf.pointee.lock.withLock {
      guard let first = shelf.pointee.first else { return nil }
      var (last, taken) = (first, 1)
      while taken < count, let next = last.load(as: UnsafeMutableRawPointer?.self) {
        (last, taken) = (next, taken + 1)
      }
      shelf.pointee.first = last.load(as: UnsafeMutableRawPointer?.self)
      shelf.pointee.count -= taken
      last.storeBytes(of: nil, as: UnsafeMutableRawPointer?.self)
      return first
    }
  }
}
