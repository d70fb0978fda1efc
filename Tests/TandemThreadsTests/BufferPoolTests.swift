import CTandem
import Glibc
import Synchronization
import Testing

@testable import TandemThreads

/// The counters are those of the process's one pool, which other tests use at the same time; so
/// what is claimed of them must come true in one of many attempts. A pool that took memory in each
/// round, or lost count, would fail them all.
@Suite(.serialized)
struct BufferPoolTests {
  let pool = BufferPool.shared

  private func comesTrue(_ attempt: () -> Bool) -> Bool {
    (0..<200).contains { _ in attempt() }
  }

  @Test(arguments: [0, 1, 64, 65, 400, 4096, 40_000, 1_000_000, 5_000_000])
  func buffersAreAlignedWritableAndCounted(byteCount: Int) {
    #expect(
      comesTrue {
        let before = pool.counters
        let buffers = (0..<5).map { _ in pool.allocate(byteCount: byteCount) }
        check(buffers, byteCount)
        let during = pool.counters
        for buffer in buffers { pool.deallocate(buffer, byteCount: byteCount) }
        let after = pool.counters
        return during.liveBuffers == before.liveBuffers + 5
          && during.liveBytes >= before.liveBytes + 5 * byteCount
          && after.liveBuffers == before.liveBuffers && after.liveBytes == before.liveBytes
          && after.allocations == before.allocations + 5
          && after.cachedBytes == after.systemBytes - after.liveBytes
          && after.peakSystemBytes >= after.systemBytes
      })
  }

  @Test func thePeakIsThatSinceItWasRestarted() {
    #expect(
      comesTrue {
        let start = pool.restartPeak()
        let buffers = (0..<2).map { _ in pool.allocate(byteCount: 1 << 20) }
        pool.deallocate(buffers[0], byteCount: 1 << 20)
        let peak = pool.counters.peakLargeBytes - start
        pool.deallocate(buffers[1], byteCount: 1 << 20)
        return peak == 2 << 20 && pool.counters.peakLargeBytes - start == peak
          && pool.restartPeak() == start
      })
  }

  @Test(arguments: [100, 70_000, 3_000_001])
  func pagesAreCountedAsTheyAreAskedFor(byteCount: Int) {
    #expect(
      comesTrue {
        let before = pool.counters
        let pages = pool.allocatePages(byteCount: byteCount)
        memset(pages, 1, byteCount)
        let during = pool.counters.liveBytes - before.liveBytes
        pool.deallocatePages(pages, byteCount: byteCount)
        return (byteCount...byteCount + 4095).contains(during)
          && pool.counters.liveBytes == before.liveBytes
      })
  }

  private func check(_ buffers: [UnsafeMutableRawPointer], _ byteCount: Int) {
    for (index, buffer) in buffers.enumerated() {
      #expect(UInt(bitPattern: buffer) % 64 == 0)
      memset(buffer, Int32(index), byteCount)
    }
    for (index, buffer) in buffers.enumerated() where byteCount > 0 {
      #expect(buffer.load(fromByteOffset: byteCount - 1, as: UInt8.self) == UInt8(index))
    }
  }

  @Test(arguments: [100, 30_000, 40_000_000])
  func aMillionRoundsTakeNothingFromTheSystem(byteCount: Int) {
    func rounds(_ count: Int) {
      for _ in 0..<count {
        pool.deallocate(pool.allocate(byteCount: byteCount), byteCount: byteCount)
      }
    }
    rounds(1_000_000)
    #expect(
      comesTrue {
        let before = pool.counters
        rounds(10_000)
        return pool.counters.systemAllocations == before.systemAllocations
      })
  }

  /// Taken on one thread, given back on another, again and again: nothing new is needed.
  @Test func buffersGivenBackElsewhereComeAround() {
    func round() {
      let buffers = (0..<2_000).map { _ in UInt(bitPattern: pool.allocate(byteCount: 400)) }
      let giver = Giver(buffers)
      var thread = pthread_t()
      pthread_create(
        &thread, nil,
        { argument in
          Unmanaged<Giver>.fromOpaque(argument!).takeRetainedValue().giveBack()
          return nil
        }, Unmanaged.passRetained(giver).toOpaque())
      pthread_join(thread, nil)
    }
    for _ in 0..<20 { round() }
    #expect(
      comesTrue {
        let before = pool.counters
        for _ in 0..<3 { round() }
        let after = pool.counters
        return after.systemAllocations == before.systemAllocations
          && after.liveBuffers == before.liveBuffers
      })
  }

  final class Giver: Sendable {
    let buffers: [UInt]
    init(_ buffers: [UInt]) { self.buffers = buffers }
    func giveBack() {
      for buffer in buffers {
        BufferPool.shared.deallocate(
          UnsafeMutableRawPointer(bitPattern: buffer)!, byteCount: 400)
      }
    }
  }

  @Test func keptBytesStayBelowTheirLimitAndTrimGivesThemBack() {
    let limit = pool.cachedBytesMax
    defer { pool.cachedBytesMax = limit }
    let sizes = [8 << 20, 16 << 20, 32 << 20, 12 << 20]
    #expect(
      comesTrue {
        pool.cachedBytesMax = 64 << 20
        pool.trim()
        let base = pool.counters.systemBytes
        let buffers = sizes.map { pool.allocate(byteCount: $0) }
        for (buffer, size) in zip(buffers, sizes) { pool.deallocate(buffer, byteCount: size) }
        let full = pool.counters
        // The newest size is kept, whatever had to go.
        pool.deallocate(pool.allocate(byteCount: 12 << 20), byteCount: 12 << 20)
        let again = pool.counters
        pool.trim()
        return full.systemBytes - base <= 64 << 20
          && again.systemAllocations == full.systemAllocations
          && pool.counters.systemBytes == base
      })
  }

  /// More than any size class holds, and more than the system gives.
  @Test(arguments: [Int.max, 1 << 60, 1 << 46]) func whatNobodyHasIsRefusedInWords(byteCount: Int)
    async
  {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [byteCount] in
      _ = BufferPool.shared.allocate(byteCount: byteCount)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains("buffer pool: out of memory: \(byteCount) bytes asked for, 0 bytes live"),
      "\(text)")
  }

  @Test func pagesThatNobodyHasAreRefusedInWords() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = BufferPool.shared.allocatePages(byteCount: .max) }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.contains("buffer pool: out of memory: \(Int.max) bytes asked for, 0 bytes live"),
      "\(text)")
  }

  /// The system gives no more address space: small buffers are cut from what the pool had kept for
  /// large ones, and when that is used up, the message says which operation asked.
  @Test func smallBuffersTakeWhatLargeOnesKept() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let pool = BufferPool.shared
      BufferPool.runningOperation.withLock { $0 = { ("add", .unknown) } }
      pool.cachedBytesMax = 1 << 40
      pool.deallocate(pool.allocate(byteCount: 64 << 20), byteCount: 64 << 20)
      let kept = pool.counters.cachedBytes
      // No more address space than there is now.
      var text = [CChar](repeating: 0, count: 64)
      let file = fopen("/proc/self/statm", "r")!
      fgets(&text, 64, file)
      fclose(file)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
      limit.rlim_cur = UInt(atol(text)) << 12
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
      for _ in 0..<kept >> 15 / 2 { _ = pool.allocate(byteCount: 32 << 10) }
      "half of it\n".withCString { tandem_write_error($0, 11) }
      while true { _ = pool.allocate(byteCount: 32 << 10) }
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("half of it\n"), "\(text)")
    #expect(text.contains("add: out of memory: 1048576 bytes asked for, "), "\(text)")
  }
}
