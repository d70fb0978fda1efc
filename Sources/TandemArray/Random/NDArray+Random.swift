extension NDArray {
  /// Random arrays: `NDArray.random.normal([3, 4])`.
  public static var random: RandomArrays { RandomArrays() }
}

/// Makes random arrays. Without a seed or key the next one of the thread's ``RandomState`` is used;
/// the same key gives the same elements for any number of threads.
public struct RandomArrays: Sendable {
  /// Uniform between `from`, included, and `to`, excluded.
  public func uniform(
    _ shape: Shape, from: Double = 0, to: Double = 1, seed: UInt64? = nil, key: RandomKey? = nil,
    dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    draw(RandomSample(.uniform(low: from, high: to), shape, dtype), seed, key, file, line)
  }

  /// Normal.
  public func normal(
    _ shape: Shape, mean: Double = 0, standardDeviation: Double = 1, seed: UInt64? = nil,
    key: RandomKey? = nil, dtype: DType = .float32, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    draw(
      RandomSample(.normal(mean: mean, standardDeviation: standardDeviation), shape, dtype), seed,
      key,
      file, line)
  }

  /// Integers of a range, each as likely as the others.
  public func integers(
    in range: Range<Int>, _ shape: Shape, seed: UInt64? = nil, key: RandomKey? = nil,
    dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    draw(
      RandomSample(.integers(low: range.lowerBound, high: range.upperBound), shape, dtype),
      seed, key, file, line)
  }

  /// Truth values, true with a probability.
  public func bernoulli(
    _ shape: Shape, probability: Double = 0.5, seed: UInt64? = nil, key: RandomKey? = nil,
    dtype: DType = .bool, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    draw(
      RandomSample(.bernoulli(probability: probability), shape, dtype), seed, key, file, line)
  }

  /// The integers from zero up to, without, `count` in random order, int64.
  public func permutation(
    _ count: Int, seed: UInt64? = nil, key: RandomKey? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let shape = NDArray.createdShape("random", [count], at: CallSite(file, line))
    return draw(RandomSample(.permutation, shape, .int64), seed, key, file, line)
  }

  private func draw(
    _ op: RandomSample, _ seed: UInt64?, _ key: RandomKey?, _ file: StaticString, _ line: UInt
  ) -> NDArray {
    let given = key ?? seed.map { RandomKey(seed: $0, stream: 0, tick: 0) }
    let words = given.map(RandomArrays.words) ?? RandomArrays.nextKey()
    return NDArray.apply(op, inputs: words, at: CallSite(file, line))[0]
  }

  /// Seed, stream and tick of the next draw of the thread's random state, as numbers; in a traced
  /// region inputs of it.
  static func nextKey() -> [NDArray] {
    Scope.current?.trace?.drawKey() ?? words(of: RandomState.current.next())
  }

  private static func words(of key: RandomKey) -> [NDArray] {
    [key.seed, key.stream, key.tick].map {
      NDArray(ArrayHandle(ScalarValue(Int(truncatingIfNeeded: $0), .uint64)))
    }
  }
}
