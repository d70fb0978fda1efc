import Synchronization

/// Where random operators get their keys from: a seed, a stream, and a tick that advances by one
/// for each random operator in program order.
public final class RandomState: Sendable {
  private let state: Mutex<RandomKey>

  /// A state whose next key has tick zero.
  public init(seed: UInt64, stream: UInt64 = 0) {
    state = Mutex(RandomKey(seed: seed, stream: stream, tick: 0))
  }

  /// The seed that keys carry.
  public var seed: UInt64 { state.withLock { $0.seed } }

  /// The key of the next random operator.
  public func next() -> RandomKey {
    state.withLock { key in
      defer { key = RandomKey(seed: key.seed, stream: key.stream, tick: key.tick &+ 1) }
      return key
    }
  }

  /// The key of the next random operator, after which come the keys of as many more as are
  /// reserved here.
  func reserve(_ count: Int) -> RandomKey {
    state.withLock { key in
      defer {
        key = RandomKey(seed: key.seed, stream: key.stream, tick: key.tick &+ UInt64(count))
      }
      return key
    }
  }

  /// What the next key would be, and a way to go back to it.
  var upcoming: RandomKey {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }

  /// Takes back the keys that a trace has drawn whose program did not run, unless another thread
  /// has drawn meanwhile.
  ///
  /// - Parameters:
  ///   - count: how many were drawn.
  ///   - first: what ``upcoming`` was before.
  func takeBack(_ count: Int, to first: RandomKey) {
    state.withLock { key in
      let next = RandomKey(
        seed: first.seed, stream: first.stream, tick: first.tick &+ UInt64(count))
      if key == next { key = first }
    }
  }

  /// Starts again from a seed.
  public func reset(seed: UInt64) {
    state.withLock { $0 = RandomKey(seed: seed, stream: 0, tick: 0) }
  }

  /// What threads without ``withSeed(_:_:)`` draw from; starts at seed 0, so runs repeat.
  static let process = RandomState(seed: 0)

  /// What this thread draws from.
  static var current: RandomState { Scope.current?.random ?? process }
}

/// Seeds the process's random numbers: parameters' first values, `NDArray.random`, shuffles.
public func setRandomSeed(_ seed: UInt64) { RandomState.process.reset(seed: seed) }

/// Runs `body` with random numbers of its own, starting from a seed.
public func withSeed<T, E: Error>(_ seed: UInt64, _ body: () throws(E) -> T) throws(E) -> T {
  var before: RandomState?
  return try Scope.with { scope in
    before = scope.random
    scope.random = RandomState(seed: seed)
  } leave: {
    $0.random = before
  } _: { () throws(E) -> T in
    try body()
  }
}

extension RandomKey {
  /// The key of a parameter's first value: it depends on the seed and the path, not on the order in
  /// which parameters are made.
  static func forParameter(path: String, seed: UInt64) -> RandomKey {
    // FNV-1a, Fowler, Noll and Vo: a stable 64-bit hash.
    let hash = path.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
    return RandomKey(seed: seed, stream: hash, tick: 0)
  }

  /// The key of the next shuffle: of its own stream, so that it does not depend on what else was
  /// drawn.
  public static func forShuffle(epoch: Int) -> RandomKey {
    RandomKey(seed: RandomState.current.seed, stream: 0x7368_7566_666C_65, tick: UInt64(epoch))
  }
}
