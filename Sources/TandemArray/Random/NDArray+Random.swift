extension NDArray {
  /// Random arrays: `NDArray.random.normal([3, 4])`.
  public static var random: RandomArrays { RandomArrays() }
}

/// Makes random arrays. Without a seed or key the next one of the thread's ``RandomState`` is used;
/// the same key gives the same elements for any number of threads.
///
/// Parameters are numbers, or arrays that are broadcast to the shape of the result; without a shape
/// the result has that to which they broadcast. Numbers are checked at the call. Of arrays only
/// those of samplers by rejection (gamma and its relatives, counts) are checked, when they run; a
/// negative scale of the others mirrors the distribution.
public struct RandomArrays: Sendable {
  /// Uniform between `from`, included, and `to`, excluded but for rounding where an end is an
  /// array; `numpy.random.uniform`.
  public func uniform(
    _ shape: Shape? = nil, from: some RandomParameter = 0.0, to: some RandomParameter = 1.0,
    seed: UInt64? = nil, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "uniform", [from.randomParameter, to.randomParameter], shape, dtype, given(seed, key),
      at: CallSite(file, line))
    if let low = draw.parameters[0].number, let high = draw.parameters[1].number {
      return draw.fill(.uniform(low: low, high: high), draw.dtype)
    }
    let part = draw.fill(.uniform(low: 0, high: 1))
    return draw.finished(
      draw.parameter(0) + (draw.parameter(1) - draw.parameter(0)) * part)
  }

  /// Normal; `numpy.random.normal`.
  public func normal(
    _ shape: Shape? = nil, mean: some RandomParameter = 0.0,
    standardDeviation: some RandomParameter = 1.0, seed: UInt64? = nil, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "normal", [mean.randomParameter, standardDeviation.randomParameter], shape, dtype,
      given(seed, key), at: CallSite(file, line))
    if let mean = draw.parameters[0].number, let deviation = draw.parameters[1].number {
      return draw.fill(.normal(mean: mean, standardDeviation: deviation), draw.dtype)
    }
    return draw.located(draw.normals())
  }

  /// Integers of a range, each as likely as the others; `numpy.random.randint`.
  public func integers(
    in range: Range<Int>, _ shape: Shape = [], seed: UInt64? = nil, key: RandomKey? = nil,
    dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "random", [], shape, dtype, given(seed, key), at: CallSite(file, line))
    return draw.fill(.integers(low: range.lowerBound, high: range.upperBound), dtype)
  }

  /// Truth values, or numbers zero and one, true with a probability.
  public func bernoulli(
    _ shape: Shape? = nil, probability: some RandomParameter = 0.5, seed: UInt64? = nil,
    key: RandomKey? = nil, dtype: DType = .bool, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "bernoulli", [probability.randomParameter], shape, dtype, given(seed, key),
      at: CallSite(file, line))
    guard let array = draw.parameters[0].array else {
      let probability = draw.parameters[0].number ?? 0
      return draw.fill(.bernoulli(probability: probability), dtype)
    }
    let computed = array.dtype.floating.accumulating
    let part = draw.fill(.uniform(low: 0, high: 1), computed)
    return (part .< array.cast(to: computed)).cast(to: dtype)
  }

  private func given(_ seed: UInt64?, _ key: RandomKey?) -> RandomKey? {
    key ?? seed.map { RandomKey(seed: $0) }
  }

  /// Seed, stream and tick of the next draw of the thread's random state, as numbers; in a traced
  /// region inputs of it.
  static func nextKey() -> [NDArray] {
    Scope.current?.trace?.drawKey() ?? words(of: RandomState.current.next())
  }

  static func words(of key: RandomKey) -> [NDArray] {
    [key.seed, key.stream, key.tick].map {
      NDArray(ArrayHandle(ScalarValue(Int(truncatingIfNeeded: $0), .uint64)))
    }
  }
}
