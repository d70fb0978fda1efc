import CTandem
import TandemThreads

/// Factors and roots of unity of transforms of one length, made once and kept.
///
/// `@unchecked Sendable`: what `pointer` points to is written before it is shared and never after,
/// and freed with the last reference.
final class FourierPlan: @unchecked Sendable {
  let pointer: OpaquePointer

  private struct Key: Hashable {
    let length: Int
    let kind: FourierTransform.Kind
    let isDouble: Bool
  }

  private struct Plans {
    var all: [Key: FourierPlan] = [:]
    var bytes = 0
  }

  /// Bytes of all plans that are kept; those of one more length take the place of all others.
  private static let keptBytesMax = 256 << 20

  private static let plans = Guarded(Plans())

  private init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { tandem_fourier_free(pointer) }

  /// The plan of a length; `nil` if there is no memory for it.
  static func of(_ length: Int, _ kind: FourierTransform.Kind, isDouble: Bool) -> FourierPlan? {
    let key = Key(length: length, kind: kind, isDouble: isDouble)
    if let known = plans.withLock({ $0.all[key] }) { return known }
    guard let pointer = tandem_fourier_make(Int64(length), kind.rawValue, isDouble) else {
      return nil
    }
    let plan = FourierPlan(pointer)
    let bytes = Int(tandem_fourier_bytes(pointer))
    // What no longer has room is freed outside of the lock.
    var old: [Key: FourierPlan] = [:]
    return plans.withLock { plans in
      if let first = plans.all[key] { return first }
      if plans.bytes + bytes > keptBytesMax {
        swap(&plans.all, &old)
        plans.bytes = 0
      }
      plans.all[key] = plan
      plans.bytes += bytes
      return plan
    }
  }
}
