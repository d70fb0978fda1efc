import TandemShapes

// Draws whose bits are ours: the standard library may change how it turns bits into ranges.

extension PhiloxGenerator {
  /// A number in `0..<bound`, each with the same probability (Lemire's rejection).
  public mutating func next(below bound: UInt32) -> UInt32 {
    let threshold = (0 &- bound) % bound
    while true {
      let product = UInt32(truncatingIfNeeded: next()).multipliedFullWidth(by: bound)
      if product.low >= threshold { return product.high }
    }
  }

  /// A number in `low..<high`, in steps of 2⁻²⁴ of the distance.
  public mutating func next(from low: Float, to high: Float) -> Float {
    low + (high - low) * (Float(next() >> 40) * 0x1p-24)
  }

  /// Two such numbers from one draw.
  mutating func nextPair(from low: Float, to high: Float) -> (Float, Float) {
    let bits = next()
    return (
      low + (high - low) * (Float(bits >> 40) * 0x1p-24),
      low + (high - low) * (Float(bits & 0xFF_FFFF) * 0x1p-24)
    )
  }
}
