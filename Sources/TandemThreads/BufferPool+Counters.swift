import Synchronization

extension BufferPool {
  /// What the pool holds at one moment. Each number is exact when no thread is in the pool.
  public struct Counters: Hashable, Sendable {
    /// Bytes in buffers that are in use, rounded up to their size classes.
    public let liveBytes: Int
    /// The part of them in buffers of more than 32 KiB.
    public let largeBytes: Int
    /// The largest that ``largeBytes`` has been since ``BufferPool/restartPeak()``.
    public let peakLargeBytes: Int
    /// Buffers that are in use.
    public let liveBuffers: Int
    /// Bytes taken from the system and not in use: free buffers and uncut chunks.
    public let cachedBytes: Int
    /// Bytes taken from the system and not given back.
    public let systemBytes: Int
    /// The largest that ``systemBytes`` has been.
    public let peakSystemBytes: Int
    /// How often the system was asked for memory.
    public let systemAllocations: Int
    /// Buffers handed out since the start of the process.
    public let allocations: Int
  }

  /// Begins to look for the largest number of bytes in use anew, from what is in use now.
  ///
  /// - Returns: what is in use now, in buffers of more than 32 KiB.
  @discardableResult
  public func restartPeak() -> Int {
    let now = largeBytes.load(ordering: .relaxed)
    peakLargeBytes.store(now, ordering: .relaxed)
    return now
  }

  /// Bytes that the calling thread has taken since it began, rounded up to their size classes; a
  /// difference of two says what something took.
  package var bytesAllocatedByThread: Int {
    currentCache().pointee.allocatedBytes.load(ordering: .relaxed)
  }

  /// What `body` takes of the calling thread's buffers, by the pool's counters: how many more bytes
  /// are in use after it, and the most that are in use at once beside these and what was before.
  package func bytesInUse(_ body: () -> Void) -> (kept: Int, passing: Int) {
    let cache = currentCache()
    let before = cache.pointee.liveBytes.load(ordering: .relaxed)
    cache.pointee.peakBytes.store(before, ordering: .relaxed)
    body()
    let kept = cache.pointee.liveBytes.load(ordering: .relaxed) - before
    return (kept, cache.pointee.peakBytes.load(ordering: .relaxed) - before - kept)
  }

  /// The numbers now. Costs a lock and a walk over the threads.
  public var counters: Counters {
    let (bytes, buffers, allocations) = caches.withLock { caches in
      caches.reduce(into: (0, 0, 0)) { sum, cache in
        sum.0 += cache.pointee.liveBytes.load(ordering: .relaxed)
        sum.1 += cache.pointee.liveBuffers.load(ordering: .relaxed)
        sum.2 += cache.pointee.allocations.load(ordering: .relaxed)
      }
    }
    let system = systemBytes.load(ordering: .relaxed)
    return Counters(
      liveBytes: bytes, largeBytes: largeBytes.load(ordering: .relaxed),
      peakLargeBytes: peakLargeBytes.load(ordering: .relaxed), liveBuffers: buffers,
      cachedBytes: system - bytes, systemBytes: system,
      peakSystemBytes: peakSystemBytes.load(ordering: .relaxed),
      systemAllocations: systemAllocations.load(ordering: .relaxed), allocations: allocations)
  }
}
