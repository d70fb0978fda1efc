import CTandem
import Glibc
import Synchronization
import TandemShapes

// Where the pool's memory comes from: small buffers are carved from chunks that stay for good,
// middling ones come from `aligned_alloc`, large ones are mapped pages.

extension BufferPool {
  /// The unused rest of the chunk from which small buffers are cut.
  struct Carving {
    static let chunkBytes = 1 << 20
    var next = UnsafeMutableRawPointer(bitPattern: 64)!
    var left = 0
  }

  /// From here on, a buffer may have huge pages: two of them.
  private static let hugeBytesMin = 4 << 20
  private static let hugePage = 2 << 20

  func newBuffer(_ index: Int) -> UnsafeMutableRawPointer {
    taken(SizeClass.byteCount(of: index), isMapped: index >= SizeClass.mappedMin)
  }

  /// - Parameter counted: what has been counted as live for it, if not all of it.
  private func taken(
    _ bytes: Int, isMapped: Bool, counted: Int? = nil
  ) -> UnsafeMutableRawPointer {
    if let buffer = fromSystem(bytes, isMapped: isMapped) { return buffer }
    // Kept buffers of other sizes may be what is missing.
    trim()
    if let buffer = fromSystem(bytes, isMapped: isMapped) { return buffer }
    outOfMemory(bytes, counted: counted ?? bytes)
  }

  /// What runs on this thread, for messages: an operation's name and where it was queued. The
  /// engine sets it before its first operation.
  package static let runningOperation = Guarded<(@Sendable () -> (name: String, site: CallSite)?)?>(
    nil)

  /// Stops the process.
  ///
  /// - Parameter counted: what has been counted as live for the buffer asked for.
  func outOfMemory(_ bytes: Int, counted: Int) -> Never {
    let running = BufferPool.runningOperation.withLock { $0 }?()
    fail(
      "\(running?.name ?? "buffer pool"): out of memory: \(bytes) bytes asked for, "
        + "\(counters.liveBytes - counted) bytes live", at: running?.site ?? .unknown)
  }

  /// From here on, memory can be whole pages.
  static let pagesMin = 64 << 10

  static func wholePages(_ byteCount: Int) -> Int { (byteCount + 4095) & ~4095 }

  func newPages(_ bytes: Int) -> UnsafeMutableRawPointer { taken(bytes, isMapped: true) }

  func freePages(_ pages: UnsafeMutableRawPointer, _ bytes: Int) {
    systemBytes.wrappingSubtract(bytes, ordering: .relaxed)
    tandem_unmap(pages, bytes)
  }

  private func fromSystem(_ bytes: Int, isMapped: Bool) -> UnsafeMutableRawPointer? {
    let isHuge = bytes >= BufferPool.hugeBytesMin
    let buffer =
      isMapped
      ? tandem_map(bytes, isHuge ? BufferPool.hugePage : 4096, isHuge ? 1 : 0)
      : aligned_alloc(64, bytes)
    if buffer != nil { countSystem(bytes) }
    return buffer
  }

  func freeToSystem(_ buffer: UnsafeMutableRawPointer, _ index: Int) {
    let bytes = SizeClass.byteCount(of: index)
    systemBytes.wrappingSubtract(bytes, ordering: .relaxed)
    if index >= SizeClass.mappedMin { tandem_unmap(buffer, bytes) } else { free(buffer) }
  }

  /// `count` small buffers as a chain linked through their first words.
  func carve(_ index: Int, count: Int) -> UnsafeMutableRawPointer {
    let bytes = SizeClass.byteCount(of: index)
    return carving.withLock { carving in
      var chain: UnsafeMutableRawPointer?
      for _ in 0..<count {
        if carving.left < bytes {
          let chunk = taken(Carving.chunkBytes, isMapped: true, counted: bytes)
          (carving.next, carving.left) = (chunk, Carving.chunkBytes)
        }
        carving.next.storeBytes(of: chain, as: UnsafeMutableRawPointer?.self)
        chain = carving.next
        carving.next += bytes
        carving.left -= bytes
      }
      return chain!
    }
  }

  private func countSystem(_ bytes: Int) {
    systemAllocations.wrappingAdd(1, ordering: .relaxed)
    let now = systemBytes.wrappingAdd(bytes, ordering: .relaxed).newValue
    peakSystemBytes.max(now, ordering: .relaxed)
  }
}
