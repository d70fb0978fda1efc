/// What a stream of random numbers depends on: nothing else does it depend on, neither on time nor
/// on threads nor on what was drawn before.
public struct RandomKey: Hashable, Sendable {
  /// The number that a user seeds with.
  public var seed: UInt64
  /// Which of the streams of that seed: a path, a loop, a device.
  public var stream: UInt64
  /// Which draw of the stream.
  public var tick: UInt64

  /// A key; draws of different keys are independent.
  public init(seed: UInt64, stream: UInt64 = 0, tick: UInt64 = 0) {
    (self.seed, self.stream, self.tick) = (seed, stream, tick)
  }

  /// What the counter-based generator starts from: the key and the upper half of the counter.
  ///
  /// Seed, stream and tick are 192 bits and the generator takes 128 beside its block number, so
  /// stream and tick are first encrypted under the seed; two of n keys meet with odds n² / 2¹²⁹.
  public var expanded: (key: SIMD2<UInt32>, counterHigh: SIMD2<UInt32>) {
    let mixed = Philox.block(
      counter: SIMD4(stream.low, stream.high, tick.low, tick.high),
      key: SIMD2(seed.low, seed.high))
    return (mixed.lowHalf, mixed.highHalf)
  }
}

/// Philox4x32-10, a counter-based generator: the block number is encrypted.
///
/// - Reference: Salmon, Moraes, Dror and Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3*, 2011.
public enum Philox {
  /// Four random words for a counter and a key.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (x, key) = (counter, key)
    for _ in 0..<10 {
      let first = UInt64(x[0]) * 0xD251_1F53
      let second = UInt64(x[2]) * 0xCD9E_8D57
      x = SIMD4(
        second.high ^ x[1] ^ key[0], second.low, first.high ^ x[3] ^ key[1], first.low)
      key = SIMD2(key[0] &+ 0x9E37_79B9, key[1] &+ 0xBB67_AE85)
    }
    return x
  }
}

/// Random bits for use on the host, such as shuffles: `items.shuffled(using: &generator)`.
///
/// The same key gives the same bits on every machine. Not for cryptography.
public struct PhiloxGenerator: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private let counterHigh: SIMD2<UInt32>
  private var drawn: UInt64 = 0
  private var words = SIMD4<UInt32>()

  /// A generator at the start of a key's numbers.
  public init(_ key: RandomKey) { (self.key, counterHigh) = key.expanded }

  /// The next 64 bits; every second call encrypts a block.
  public mutating func next() -> UInt64 {
    let block = drawn / 2
    if drawn % 2 == 0 {
      words = Philox.block(
        counter: SIMD4(block.low, block.high, counterHigh[0], counterHigh[1]), key: key)
    }
    defer { drawn += 1 }
    let half = drawn % 2 == 0 ? words.lowHalf : words.highHalf
    return UInt64(half[0]) | UInt64(half[1]) << 32
  }
}

extension UInt64 {
  fileprivate var low: UInt32 { UInt32(truncatingIfNeeded: self) }
  fileprivate var high: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
}
