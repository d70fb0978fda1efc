/// The gradient rules that elementwise operators without attributes used last on a tape, found by a
/// key of one word and the shape: what the hot path of recording looks up, without a lock, as a
/// tape belongs to one thread.
///
/// A rule that was pushed out by another comes from ``GradientRule/of(_:inputs:outputs:wanted:)``.
struct ElementwiseRules {
  private static let placeBits = 8

  private struct Slot {
    var key: UInt = 0
    var wanted = 0
    var shape = Shape()
    var rule: GradientRule?
  }

  /// Empty until the first rule is known.
  private var slots: [Slot] = []

  @inline(__always)
  private static func place(_ key: UInt, _ wanted: Int, _ shape: Shape) -> Int {
    var hash = key ^ UInt(wanted) << 60
    for axis in 0..<shape.rank {
      hash = (hash ^ UInt(bitPattern: shape[axis])) &* 0x9E37_79B9_7F4A_7C15
    }
    return Int((hash &* 0x9E37_79B9_7F4A_7C15) >> (64 - placeBits))
  }

  /// The rule of an operator, if it is there.
  ///
  /// - Parameters:
  ///   - key: of ``ElementwiseTable``.
  ///   - wanted: bit `i` is set if the gradient of input `i` is of interest.
  ///   - shape: of the arrays.
  @inline(__always)
  func find(_ key: UInt, _ wanted: Int, _ shape: Shape) -> GradientRule? {
    let place = ElementwiseRules.place(key, wanted, shape)
    guard place < slots.count, slots[place].key == key, slots[place].wanted == wanted,
      slots[place].shape == shape
    else { return nil }
    return slots[place].rule
  }

  /// Remembers a rule in the place of another.
  mutating func insert(_ rule: GradientRule, _ key: UInt, _ wanted: Int, _ shape: Shape) {
    if slots.isEmpty { slots = Array(repeating: Slot(), count: 1 << ElementwiseRules.placeBits) }
    slots[ElementwiseRules.place(key, wanted, shape)] =
      Slot(key: key, wanted: wanted, shape: shape, rule: rule)
  }
}
