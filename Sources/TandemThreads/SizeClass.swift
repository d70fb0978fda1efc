/// The sizes that ``BufferPool`` hands out: four steps to each doubling, multiples of 64 bytes.
///
/// 64, 128, 192, 256, then 320, 384, 448, 512, then 640, 768, 896, 1024 and so on: at most a
/// quarter of a buffer is unused, and pages that nobody touches cost nothing.
enum SizeClass {
  /// Classes up to 2⁴⁶ bytes and more.
  static let count = 164
  /// The largest class that threads keep caches of: 32 KiB.
  static let smallMax = index(of: 32 << 10)
  /// From this class on, buffers are mapped pages of their own: 1 MiB.
  static let mappedMin = index(of: 1 << 20)

  /// The smallest class that holds `byteCount` bytes.
  @inline(__always)
  static func index(of byteCount: Int) -> Int {
    guard byteCount > 256 else { return byteCount <= 64 ? 0 : (byteCount - 1) >> 6 }
    // The step is a quarter of the power of two below the size.
    let last = UInt(bitPattern: byteCount - 1)
    let log = Int.bitWidth - 1 - last.leadingZeroBitCount
    return (log - 7) * 4 + Int(last >> UInt(log - 2)) - 4
  }

  /// The bytes in a buffer of the class.
  @inline(__always)
  static func byteCount(of index: Int) -> Int {
    guard index > 3 else { return (index + 1) << 6 }
    let log = index >> 2 + 7
    return (index & 3 + 5) << (log - 2)
  }
}
