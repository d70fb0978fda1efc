// Distributions of whole numbers. No gradient flows to their parameters.

extension RandomArrays {
  /// Poisson: how many events there are where `mean` are expected; `numpy.random.poisson`.
  public func poisson(
    _ shape: Shape? = nil, mean: some RandomParameter, key: RandomKey? = nil,
    dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "poisson", [mean.randomParameter], shape, dtype, key, at: CallSite(file, line))
    return draw.variates(.poisson, [draw.parameters[0].array(.float64).detached()], dtype)
  }

  /// Binomial: how many of so many trials succeed; `numpy.random.binomial`.
  public func binomial(
    _ shape: Shape? = nil, trials: some RandomParameter, probability: some RandomParameter,
    key: RandomKey? = nil, dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "binomial", [trials.randomParameter, probability.randomParameter], shape, dtype, key,
      at: CallSite(file, line))
    let parameters = draw.parameters.map { $0.array(.float64).detached() }
    return draw.variates(.binomial, parameters, dtype)
  }

  /// Negative binomial: how many trials fail before so many succeed;
  /// `numpy.random.negative_binomial`.
  ///
  /// - Parameters:
  ///   - successes: positive, also with a fraction.
  ///   - probability: of success, above zero.
  public func negativeBinomial(
    _ shape: Shape? = nil, successes: some RandomParameter, probability: some RandomParameter,
    key: RandomKey? = nil, dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "negativeBinomial", [successes.randomParameter, probability.randomParameter], shape, dtype,
      key, at: CallSite(file, line))
    let p = draw.parameters[1].array(.float64).detached()
    let mean =
      draw.gammas(draw.parameters[0].array(.float64).detached(), .float64) * ((1 - p) / p)
    return draw.variates(.poisson, [mean], dtype)
  }

  /// Negative binomial by mean and dispersion: the variance is `mean + dispersion · mean²`; MXNet's
  /// `generalized_negative_binomial`.
  ///
  /// - Parameter dispersion: positive.
  public func generalizedNegativeBinomial(
    _ shape: Shape? = nil, mean: some RandomParameter, dispersion: some RandomParameter,
    key: RandomKey? = nil, dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "generalizedNegativeBinomial", [mean.randomParameter, dispersion.randomParameter], shape,
      dtype, key, at: CallSite(file, line))
    let mean = draw.parameters[0].array(.float64).detached()
    let dispersion = draw.parameters[1].array(.float64).detached()
    let rate = draw.gammas(dispersion.reciprocal(), .float64) * dispersion * mean
    return draw.variates(.poisson, [rate], dtype)
  }

  /// Geometric: how many trials it takes until one succeeds, at least one;
  /// `numpy.random.geometric`.
  ///
  /// - Parameter probability: of success, in `0...1` and not zero.
  public func geometric(
    _ shape: Shape? = nil, probability: some RandomParameter, key: RandomKey? = nil,
    dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "geometric", [probability.randomParameter], shape, dtype, key, at: CallSite(file, line))
    let rate = -(-draw.parameters[0].array(.float64).detached()).log1p()
    return (draw.exponentials(.float64) / rate).ceil().maximum(1).cast(to: dtype)
  }

  /// How often each of `k` categories comes up in a number of draws; `numpy.random.multinomial`.
  ///
  /// - Parameters:
  ///   - trials: how many draws; an array is broadcast to the rows.
  ///   - weights: `[..., k]`, zero or more; divided by their sum.
  ///   - shape: that of the result without its last axis.
  public func multinomial(
    trials: some RandomParameter, weights: NDArray, _ shape: Shape? = nil, key: RandomKey? = nil,
    dtype: DType = .int64, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard weights.rank > 0 else {
      fail("multinomial: needs a last axis: \(weights.type)", at: site)
    }
    let rows = NDArray.zeros(weights.shape.dropLast())
    var draw = RandomDraw(
      "multinomial", [trials.randomParameter, .array(rows)], shape, dtype, key, at: site)
    let op = RandomMultinomial(draw.shape, dtype)
    let inputs = [draw.parameters[0].array(.float64).detached(), weights] + draw.nextKey()
    return NDArray.apply(op, inputs: inputs, at: site)[0]
  }

  /// Numbers of categories, `0..<k`, int64; MXNet's `npx.random.categorical`,
  /// `jax.random.categorical`. By the largest of logits with Gumbel noise.
  ///
  /// - Parameters:
  ///   - logits: `[..., k]`, logarithms of weights, which need not add up to one.
  ///   - shape: that of the result, to which the axes of the logits before the last broadcast.
  public func categorical(
    logits: NDArray, _ shape: Shape? = nil, key: RandomKey? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let whole = rows("categorical", logits, shape, site)
    if logits.rank > 0, logits.shape[-1] == 0 {
      fail("categorical: there are no categories: \(logits.type)", at: site)
    }
    var draw = RandomDraw("categorical", [.array(logits)], whole, nil, key, at: site)
    let noise = draw.fill(.gumbel(location: 0, scale: 1))
    return (draw.parameter(0) + noise).argMax(axis: -1)
  }

  /// Different whole numbers below `range`, small ones more likely, and how many draws it took to
  /// find them; MXNet's `unique_zipfian`. See ``RandomUniqueZipfian``.
  ///
  /// - Parameters:
  ///   - count: how many numbers a row has, at most `range`.
  ///   - rows: the shape of the result without its last axis.
  public func uniqueZipfian(
    below range: Int, count: Int, rows: Shape = [], key: RandomKey? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (numbers: NDArray, tries: NDArray) {
    let site = CallSite(file, line)
    var draw = RandomDraw("uniqueZipfian", [], rows, nil, key, at: site)
    let op = RandomUniqueZipfian(range: range, rows: rows, count: count)
    let results = NDArray.apply(op, inputs: draw.nextKey(), at: site)
    return (results[0], results[1])
  }
}
