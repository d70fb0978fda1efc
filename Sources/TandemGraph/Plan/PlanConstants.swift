import TandemThreads

/// The constants of a plan in memory.
///
/// `@unchecked Sendable`: the memory is written in `init` and only read after it.
public final class PlanConstants: @unchecked Sendable {
  private let memories: [(start: UnsafeMutableRawPointer, byteCount: Int)]

  /// Copies the constants of a plan into memory of the pool.
  public init(_ plan: Plan) {
    memories = plan.constants.map { constant in
      let byteCount = max(constant.bytes.count, 1)
      let memory = BufferPool.shared.allocate(byteCount: byteCount)
      constant.bytes.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { memory.copyMemory(from: base, byteCount: bytes.count) }
      }
      return (memory, byteCount)
    }
  }

  deinit {
    for memory in memories {
      BufferPool.shared.deallocate(memory.start, byteCount: memory.byteCount)
    }
  }

  /// Where the first element of a constant lies; nobody writes there.
  public func start(of constant: Int) -> UnsafeMutableRawPointer { memories[constant].start }
}
