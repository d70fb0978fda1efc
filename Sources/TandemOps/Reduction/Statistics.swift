// Statistics made of other operators; 16-bit floats are computed in float32 and rounded once.

extension ArrayExpression {
  /// The mean squared deviation from the mean over one axis (all if `nil`); `numpy.var`.
  ///
  /// - Parameter correction: the sum of squares is divided by `count − correction`: 0 for a whole
  ///   population, 1 for a sample.
  public func variance(
    axis: Int? = nil, correction: Double = 0, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    variance(
      axes: axis.map { [$0] }, correction: correction, keepDims: keepDims, file: file, line: line)
  }

  /// The mean squared deviation from the mean over several axes (all if `nil`); `numpy.var`.
  ///
  /// - Parameter correction: the sum of squares is divided by `count − correction`.
  public func variance(
    axes: [Int]?, correction: Double = 0, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    let site = CallSite(file, line)
    return wideVariance(axes, correction, keepDims, "variance", site)
      .cast(to: dtype.floating, file: file, line: line)
  }

  /// The variance as it is computed: 16-bit floats in float32, where squares, their sum and the
  /// count have room.
  private func wideVariance(
    _ axes: [Int]?, _ correction: Double, _ keepDims: Bool, _ name: String, _ site: CallSite
  ) -> Self {
    let axes = self.axes(axes, of: name, at: site)
    let wide = dtype.accumulating
    let x: Self = wide == dtype ? self : .apply(Cast(to: wide), self, at: site)
    let mean: Self = .apply(Mean(axes: axes, keepDims: true), x, at: site)
    let square: Self = .apply(Square(), .apply(Subtract(), x, mean, at: site), at: site)
    let total: Self = .apply(Sum(axes: axes, keepDims: keepDims), square, at: site)
    let count = axes.reduce(1) { $0 * shape[$1] }
    let divisor = Swift.max(0, Double(count) - correction)
    return .apply(Divide(), total, total.scalar(divisor), at: site)
  }

  /// The root of the variance over one axis (all if `nil`); `numpy.std`.
  ///
  /// - Parameter correction: the sum of squares is divided by `count − correction`.
  public func standardDeviation(
    axis: Int? = nil, correction: Double = 0, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    standardDeviation(
      axes: axis.map { [$0] }, correction: correction, keepDims: keepDims, file: file, line: line)
  }

  /// The root of the variance over several axes (all if `nil`); `numpy.std`.
  ///
  /// - Parameter correction: the sum of squares is divided by `count − correction`.
  public func standardDeviation(
    axes: [Int]?, correction: Double = 0, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Self {
    wideVariance(axes, correction, keepDims, "standardDeviation", CallSite(file, line))
      .sqrt(file: file, line: line).cast(to: dtype.floating, file: file, line: line)
  }
}
