/// Steele, Lea and Flood's SplitMix64: numbers that a seed decides, so that a random test can be
/// repeated.
package struct SplitMix: RandomNumberGenerator {
  package var state: UInt64

  package init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 up to, without, `bound`.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// Uniform in -1 ..< 1.
  package mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-52 - 1 }
}
