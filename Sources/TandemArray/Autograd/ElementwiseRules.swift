import TandemThreads

/// The gradient rules that elementwise operators without attributes used last, found by a key of
/// one word and the shape: what the hot path of recording looks up.
///
/// A rule that was pushed out by another comes from ``GradientRule/of(_:inputs:outputs:wanted:)``.
enum ElementwiseRules {
  private static let count = 1024

  private struct Slot {
    var key: UInt = 0
    var wanted = 0
    var shape = Shape()
    var rule: GradientRule?
  }

  private static let slots = Guarded([Slot](repeating: Slot(), count: count))

  @inline(__always)
  private static func place(_ key: UInt, _ wanted: Int, _ shape: Shape) -> Int {
    var hash = key ^ UInt(wanted) << 60
    for axis in 0..<shape.rank {
      hash = (hash ^ UInt(bitPattern: shape[axis])) &* 0x9E37_79B9_7F4A_7C15
    }
    return Int((hash &* 0x9E37_79B9_7F4A_7C15) >> 54)
  }

  /// The rule of an operator, if it is there.
  ///
  /// - Parameters:
  ///   - key: of ``ElementwiseTable``.
  ///   - wanted: bit `i` is set if the gradient of input `i` is of interest.
  ///   - shape: of the arrays.
  static func find(_ key: UInt, _ wanted: Int, _ shape: Shape) -> GradientRule? {
    let place = place(key, wanted, shape)
    return slots.withLock { slots in
      guard slots[place].key == key, slots[place].wanted == wanted, slots[place].shape == shape
      else { return nil }
      return slots[place].rule
    }
  }

  /// Remembers a rule in the place of another.
  static func insert(_ rule: GradientRule, _ key: UInt, _ wanted: Int, _ shape: Shape) {
    let place = place(key, wanted, shape)
    // What is pushed out is released outside of the lock.
    var slot = Slot(key: key, wanted: wanted, shape: shape, rule: rule)
    slots.withLock { swap(&$0[place], &slot) }
  }
}
