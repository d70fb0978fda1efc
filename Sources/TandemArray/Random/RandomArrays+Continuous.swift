// Distributions that are transformations of uniform, normal and exponential numbers: gradients flow
// to their parameters through the samples.

extension RandomArrays {
  /// Exponential with mean `scale`; `numpy.random.exponential`.
  public func exponential(
    _ shape: Shape? = nil, scale: some RandomParameter = 1.0, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "exponential", [scale.randomParameter], shape, dtype, key, at: CallSite(file, line))
    if let scale = draw.parameters[0].number {
      return draw.fill(.exponential(scale: scale), draw.dtype)
    }
    return draw.finished(draw.parameter(0) * draw.exponentials())
  }

  /// Gumbel, the distribution of maxima; `numpy.random.gumbel`.
  public func gumbel(
    _ shape: Shape? = nil, location: some RandomParameter = 0.0,
    scale: some RandomParameter = 1.0, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = located("gumbel", location, scale, shape, dtype, key, CallSite(file, line))
    if let location = draw.parameters[0].number, let scale = draw.parameters[1].number {
      return draw.fill(.gumbel(location: location, scale: scale), draw.dtype)
    }
    return draw.located(draw.fill(.gumbel(location: 0, scale: 1)))
  }

  /// Laplace, exponential on both sides of `location`; `numpy.random.laplace`.
  public func laplace(
    _ shape: Shape? = nil, location: some RandomParameter = 0.0,
    scale: some RandomParameter = 1.0, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = located("laplace", location, scale, shape, dtype, key, CallSite(file, line))
    let (right, left) = (draw.exponentials(), draw.exponentials())
    return draw.located(right - left)
  }

  /// Logistic; `numpy.random.logistic`.
  public func logistic(
    _ shape: Shape? = nil, location: some RandomParameter = 0.0,
    scale: some RandomParameter = 1.0, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = located("logistic", location, scale, shape, dtype, key, CallSite(file, line))
    let standard = RandomFill.Distribution.gumbel(location: 0, scale: 1)
    let (first, second) = (draw.fill(standard), draw.fill(standard))
    return draw.located(first - second)
  }

  /// Cauchy, the ratio of two normal numbers; `numpy.random.standard_cauchy`.
  public func cauchy(
    _ shape: Shape? = nil, location: some RandomParameter = 0.0,
    scale: some RandomParameter = 1.0, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = located("cauchy", location, scale, shape, dtype, key, CallSite(file, line))
    let (above, below) = (draw.normals(), draw.normals())
    return draw.located(above / below)
  }

  /// The exponential of a normal number; `numpy.random.lognormal`.
  public func logNormal(
    _ shape: Shape? = nil, mean: some RandomParameter = 0.0,
    standardDeviation: some RandomParameter = 1.0, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = located(
      "logNormal", mean, standardDeviation, shape, dtype, key, CallSite(file, line))
    return draw.finished((draw.parameter(0) + draw.parameter(1) * draw.normals()).exp())
  }

  /// The size of a normal number of mean zero; `scipy.stats.halfnorm`.
  public func halfNormal(
    _ shape: Shape? = nil, scale: some RandomParameter = 1.0, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "halfNormal", [scale.randomParameter], shape, dtype, key, at: CallSite(file, line))
    return draw.finished(draw.parameter(0) * draw.normals().abs())
  }

  /// Rayleigh, the length of a vector of two normal numbers; `numpy.random.rayleigh`.
  public func rayleigh(
    _ shape: Shape? = nil, scale: some RandomParameter = 1.0, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "rayleigh", [scale.randomParameter], shape, dtype, key, at: CallSite(file, line))
    return draw.finished(draw.parameter(0) * (draw.exponentials() * 2).sqrt())
  }

  /// Weibull: an exponential number to the power `1 / shape`, times `scale`;
  /// `numpy.random.weibull`.
  ///
  /// - Parameter concentration: the shape `a`.
  public func weibull(
    _ shape: Shape? = nil, concentration: some RandomParameter,
    scale: some RandomParameter = 1.0, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = located("weibull", concentration, scale, shape, dtype, key, CallSite(file, line))
    let power = (draw.exponentials().log() / draw.parameter(0)).exp()
    return draw.finished(draw.parameter(1) * power)
  }

  /// Pareto's second kind (Lomax), which starts at zero; `numpy.random.pareto`. Pareto's own
  /// distribution is `(x + 1) · scale`.
  ///
  /// - Parameter concentration: the shape `a`.
  public func pareto(
    _ shape: Shape? = nil, concentration: some RandomParameter, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "pareto", [concentration.randomParameter], shape, dtype, key, at: CallSite(file, line))
    return draw.finished((draw.exponentials() / draw.parameter(0)).expm1())
  }

  /// Between zero and one with density `a xᵃ⁻¹`; `numpy.random.power`.
  ///
  /// - Parameter concentration: the shape `a`.
  public func power(
    _ shape: Shape? = nil, concentration: some RandomParameter, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "power", [concentration.randomParameter], shape, dtype, key, at: CallSite(file, line))
    return draw.finished((-(draw.exponentials() / draw.parameter(0))).exp())
  }

  /// Normal between two ends, both included; `scipy.stats.truncnorm` with its ends in units of the
  /// result. No gradient flows to the parameters.
  public func truncatedNormal<Low: RandomParameter, High: RandomParameter>(
    _ shape: Shape? = nil, ends: (low: Low, high: High), mean: some RandomParameter = 0.0,
    standardDeviation: some RandomParameter = 1.0, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let parameters = [
      mean.randomParameter, standardDeviation.randomParameter, ends.low.randomParameter,
      ends.high.randomParameter,
    ]
    var draw = RandomDraw(
      "truncatedNormal", parameters, shape, dtype, key, at: CallSite(file, line))
    if draw.hasNumbersOnly {
      let numbers = parameters.map { $0.number ?? 0 }
      return draw.fill(
        .truncatedNormal(
          mean: numbers[0], standardDeviation: numbers[1], low: numbers[2], high: numbers[3]),
        draw.dtype)
    }
    let (mean, deviation) = (draw.parameter(0).detached(), draw.parameter(1).detached())
    let (low, high) = (draw.parameter(2).detached(), draw.parameter(3).detached())
    let z = draw.variates(
      .standardTruncatedNormal, [(low - mean) / deviation, (high - mean) / deviation], draw.wide)
    return draw.finished((mean + deviation * z).maximum(low).minimum(high))
  }

  private func located(
    _ name: String, _ first: some RandomParameter, _ second: some RandomParameter,
    _ shape: Shape?, _ dtype: DType?, _ key: RandomKey?, _ site: CallSite
  ) -> RandomDraw {
    RandomDraw(
      name, [first.randomParameter, second.randomParameter], shape, dtype, key, at: site)
  }
}
