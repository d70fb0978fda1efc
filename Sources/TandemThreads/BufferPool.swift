/// Memory for array storage and scratch space.
public final class BufferPool: Sendable {
  /// The pool of the process.
  public static let shared = BufferPool()

  /// At least `byteCount` bytes, aligned to 64, contents undefined. Give them back with
  /// ``deallocate(_:byteCount:)``, from any thread.
  public func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 64), alignment: 64)
  }

  /// Gives back what ``allocate(byteCount:)`` returned for the same `byteCount`.
  public func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
    pointer.deallocate()
  }
}
