extension RandomKey {
  /// The key of the first draw inside of a loop that has this key; further draws of the iteration
  /// take the ticks after it.
  ///
  /// Draws of different iterations, and of loops with different keys, are independent: the stream
  /// is a hash of the loop's stream and tick, the upper half of the tick the iteration.
  ///
  /// - Parameter iteration: from zero, below 2³².
  public func inside(iteration: Int) -> RandomKey {
    let stream = Self.mixed(stream ^ Self.mixed(tick &+ 0x9E37_79B9_7F4A_7C15))
    return RandomKey(seed: seed, stream: stream, tick: UInt64(iteration) << 32)
  }

  /// The finalizer of SplitMix64.
  ///
  /// - Reference: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*, 2014.
  static func mixed(_ word: UInt64) -> UInt64 {
    var word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}
