// The gamma distribution and what is made of it. Gradients flow to the parameters through the
// samples, by implicit differentiation.

extension RandomArrays {
  /// Gamma; `numpy.random.gamma`.
  ///
  /// - Parameters:
  ///   - concentration: the shape `a`, positive.
  ///   - scale: what the numbers are multiplied by.
  public func gamma(
    _ shape: Shape? = nil, concentration: some RandomParameter,
    scale: some RandomParameter = 1.0, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "gamma", [concentration.randomParameter, scale.randomParameter], shape, dtype, key,
      at: CallSite(file, line))
    return draw.finished(draw.gammas(draw.parameter(0)) * draw.parameter(1))
  }

  /// Chi-square, the sum of so many squares of normal numbers; `numpy.random.chisquare`.
  public func chiSquare(
    _ shape: Shape? = nil, degreesOfFreedom: some RandomParameter, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "chiSquare", [degreesOfFreedom.randomParameter], shape, dtype, key, at: CallSite(file, line))
    return draw.finished(draw.gammas(draw.parameter(0) * 0.5) * 2)
  }

  /// Student's t; `numpy.random.standard_t`.
  public func studentT(
    _ shape: Shape? = nil, degreesOfFreedom: some RandomParameter, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "studentT", [degreesOfFreedom.randomParameter], shape, dtype, key, at: CallSite(file, line))
    let half = draw.parameter(0) * 0.5
    let normals = draw.normals()
    return draw.finished(normals * (half / draw.gammas(half)).sqrt())
  }

  /// Fisher and Snedecor's F, the ratio of two mean squares; `numpy.random.f`.
  ///
  /// - Parameters:
  ///   - numerator: degrees of freedom above the line.
  ///   - denominator: degrees of freedom below the line.
  public func f(
    _ shape: Shape? = nil, numerator: some RandomParameter, denominator: some RandomParameter,
    key: RandomKey? = nil, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "f", [numerator.randomParameter, denominator.randomParameter], shape, dtype, key,
      at: CallSite(file, line))
    let (above, below) = (draw.parameter(0) * 0.5, draw.parameter(1) * 0.5)
    let (first, second) = (draw.gammas(above), draw.gammas(below))
    return draw.finished((first / above) / (second / below))
  }

  /// Beta, between zero and one; `numpy.random.beta`. Computed in float64 of logarithms, so that
  /// small parameters do not underflow.
  ///
  /// - Parameters:
  ///   - alpha: the weight of one, positive.
  ///   - beta: the weight of zero, positive.
  public func beta(
    _ shape: Shape? = nil, alpha: some RandomParameter, beta: some RandomParameter,
    key: RandomKey? = nil, dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    var draw = RandomDraw(
      "beta", [alpha.randomParameter, beta.randomParameter], shape, dtype, key,
      at: CallSite(file, line))
    let parameters = draw.parameters.map { $0.array(.float64) }
    let first = draw.variates(.logStandardGamma, [parameters[0]], .float64)
    let second = draw.variates(.logStandardGamma, [parameters[1]], .float64)
    return draw.finished((first - second).sigmoid())
  }

  /// Dirichlet: shares that add up to one; `numpy.random.dirichlet`. Computed in float64 of
  /// logarithms.
  ///
  /// - Parameters:
  ///   - concentrations: `[..., k]`, positive.
  ///   - shape: that of the result without its last axis, to which the axes of the concentrations
  ///     before the last broadcast.
  public func dirichlet(
    _ concentrations: NDArray, _ shape: Shape? = nil, key: RandomKey? = nil, dtype: DType? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let whole = rows("dirichlet", concentrations, shape, site)
    var draw = RandomDraw("dirichlet", [.array(concentrations)], whole, dtype, key, at: site)
    let wide = draw.parameters[0].array(.float64)
    let logarithms = draw.variates(.logStandardGamma, [wide], .float64)
    return draw.finished(logarithms.softmax(axis: -1))
  }

  /// The shape of a result whose last axis is that of an array, for a shape of what is before.
  func rows(_ name: String, _ array: NDArray, _ shape: Shape?, _ site: CallSite) -> Shape? {
    guard array.rank > 0 else { fail("\(name): needs a last axis: \(array.type)", at: site) }
    guard let shape else { return array.shape }
    return NDArray.createdShape(name, shape.array + [array.shape[-1]], at: site)
  }

  /// Vectors of normal numbers with a covariance; `numpy.random.multivariate_normal`. Gradients
  /// flow to both parameters.
  ///
  /// - Parameters:
  ///   - mean: `[..., n]`.
  ///   - covariance: `[..., n, n]`, symmetric and positive definite; a matrix that is not is
  ///     reported when the result is read.
  ///   - shape: that of the result without its last axis.
  public func multivariateNormal(
    mean: NDArray, covariance: NDArray, _ shape: Shape? = nil, key: RandomKey? = nil,
    dtype: DType? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard mean.rank > 0, covariance.rank > 1, covariance.shape[-1] == covariance.shape[-2],
      covariance.shape[-1] == mean.shape[-1]
    else {
      fail(
        "multivariateNormal: needs a mean [..., n] and a covariance [..., n, n]: "
          + "\(mean.type), \(covariance.type)", at: site)
    }
    let scale = Linalg.cholesky(covariance, file: file, line: line)
    let common = mean.dtype.promoted(with: covariance.dtype).floating
    return multivariateNormal(
      mean: mean, factor: scale, shape, key: key, dtype: dtype ?? common, at: site)
  }

  /// The same for the lower Cholesky factor of the covariance.
  package func multivariateNormal(
    mean: NDArray, factor: NDArray, _ shape: Shape?, key: RandomKey?, dtype: DType,
    at site: CallSite
  ) -> NDArray {
    let batch = RandomParameterValue.array(mean)
    let rows = NDArray.zeros(factor.shape.dropLast(), dtype: .float32)
    var draw = RandomDraw(
      "multivariateNormal", [batch, .array(rows)],
      self.rows("multivariateNormal", mean, shape, site),
      dtype, key, at: site)
    let z = draw.normals().expandingDims(at: -1)  // [..., n, 1]
    let product = factor.cast(to: draw.wide).matmul(z).squeezed(axis: -1)
    return draw.finished(draw.parameter(0) + product)
  }
}
