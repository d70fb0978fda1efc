import CTandem
import TandemShapes

extension Operand {
  /// Whether the lines of elements along an axis, which lie one after another, had better be
  /// written past the caches: there is more of them than the cache holds, and each consists of
  /// whole cache lines, stored as it is computed.
  func streams(along axis: Int) -> Bool {
    let bytes = dtype.byteCount
    guard layout.shape.elementCount * bytes >= Int(TANDEM_STREAMING_BYTES),
      dtype.isComputedAsStored,
      layout.shape[axis] * bytes % 64 == 0, Int(bitPattern: start) % 64 == 0
    else { return false }
    return (0..<layout.rank).allSatisfy {
      $0 == axis || layout.shape[$0] == 1 || Int(byteStride($0)) % 64 == 0
    }
  }
}
