// Statistics made of other operators.

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
    let axes = self.axes(axes, of: "variance", at: site)
    let mean: Self = .apply(Mean(axes: axes, keepDims: true), self, at: site)
    let square: Self = .apply(Square(), .apply(Subtract(), self, mean, at: site), at: site)
    let total = square.sum(axes: axes, keepDims: keepDims, file: file, line: line)
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
    variance(axes: axes, correction: correction, keepDims: keepDims, file: file, line: line)
      .sqrt(file: file, line: line)
  }
}
