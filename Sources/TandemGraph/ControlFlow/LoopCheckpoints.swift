import TandemThreads

/// Memory for the carries of some calls of a loop.
struct LoopCheckpoints {
  private let memory: UnsafeMutableRawPointer
  private let offsets: [Int]
  private let stride: Int
  private let byteCount: Int

  /// - Parameters:
  ///   - byteCounts: of the carries.
  ///   - count: of how many calls.
  init(_ byteCounts: [Int], count: Int) {
    var (offsets, end) = ([Int](), 0)
    for byteCount in byteCounts {
      offsets.append(end)
      end = (end + byteCount + 63) & ~63
    }
    (self.offsets, stride, byteCount) = (offsets, end, max(end * count, 1))
    memory = BufferPool.shared.allocate(byteCount: byteCount)
  }

  /// Where the carries with this number lie.
  func carries(_ index: Int) -> [UnsafeMutableRawPointer] {
    offsets.map { memory + index * stride + $0 }
  }

  /// Gives the memory back.
  func deallocate() { BufferPool.shared.deallocate(memory, byteCount: byteCount) }

  /// Into parts of how many calls a run is cut, so that the carries at which the parts begin fit
  /// into so many bytes: one if all do. There is always room for the carries of a few calls.
  static func partLength(count: Int, bytes: Int, byteCountMax: Int) -> Int {
    let room = max(byteCountMax / max(bytes, 1), 8)
    return count <= room ? 1 : (count + room - 1) / room
  }
}
