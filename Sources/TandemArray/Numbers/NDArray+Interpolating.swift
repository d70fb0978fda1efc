// Numbers between given ones: lines through points, areas under them, angles without jumps.

extension NDArray {
  /// The line through the points `(xs[i], ys[i])` at each element; `numpy.interp`.
  ///
  /// - Parameters:
  ///   - xs: in order, at least one.
  ///   - ys: as many.
  ///   - left: what there is before the first point; its height if `nil`.
  ///   - right: what there is behind the last point; its height if `nil`.
  ///   - period: the distance after which everything repeats; `xs` need not be in order then.
  public func interpolated(
    _ xs: NDArray, _ ys: NDArray, left: Double? = nil, right: Double? = nil,
    period: Double? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard xs.rank == 1, xs.shape == ys.shape, xs.count > 0 else {
      fail("interpolated: needs points: \(type), \(xs.type), \(ys.type)", at: site)
    }
    let common = dtype.promoted(with: xs.dtype).promoted(with: ys.dtype).floating
    let (x, px, py) = (cast(to: common), xs.cast(to: common), ys.cast(to: common))
    if let period {
      guard period > 0 else { fail("interpolated: the period \(period) is not positive", at: site) }
      return x.remainder(period).interpolatedAround(px.remainder(period), py, period)
    }
    if xs.count == 1 { return x.ended(px, py, py.broadcast(to: [1]) + x * 0, left, right) }
    let last = xs.count - 1
    let place = (px.searchSorted(x, right: true) - 1).clip(min: 0, max: last - 1)
    let (x0, y0) = (px.take(place), py.take(place))
    let slope = (py.take(place + 1) - y0) / (px.take(place + 1) - x0)
    return x.ended(px, py, slope * (x - x0) + y0, left, right)
  }

  /// The values of a line, with those before its first and behind its last point set.
  private func ended(
    _ xs: NDArray, _ ys: NDArray, _ inner: NDArray, _ left: Double?, _ right: Double?
  ) -> NDArray {
    let (first, last) = (xs[0], xs[-1])
    let low = left.map { constant(ScalarValue($0, dtype)) } ?? ys[0]
    let high = right.map { constant(ScalarValue($0, dtype)) } ?? ys[-1]
    let ended = NDArray.where(self .> last, high, .where(self .< first, low, inner))
    return .where(self .== last, ys[-1], ended)
  }

  /// With all coordinates within one period: the points in order and one more at either end.
  private func interpolatedAround(_ xs: NDArray, _ ys: NDArray, _ period: Double) -> NDArray {
    let order = xs.argSort(axis: 0)
    let (px, py) = (xs.take(order), ys.take(order))
    let ends = px.count - 1
    return interpolated(
      .concatenated([px[ends...] - period, px, px[..<1] + period]),
      .concatenated([py[ends...], py, py[..<1]]))
  }

  /// The area under the line through points that lie `spacing` apart along an axis;
  /// `numpy.trapezoid`, `numpy.trapz`.
  public func trapezoidalArea(
    spacing: Double = 1, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let along = self.axis(axis, "trapezoidalArea", CallSite(file, line))
    return (pairSums(along) * (spacing / 2)).sum(axis: along, file: file, line: line)
  }

  /// The same for points at `xs` along the axis.
  public func trapezoidalArea(
    at xs: NDArray, axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "trapezoidalArea", site)
    guard xs.shape == shape || xs.rank == 1 && xs.count == shape[along] else {
      fail("trapezoidalArea: places do not fit axis \(along): \(type), \(xs.type)", at: site)
    }
    var widths = xs.diff(axis: xs.rank == 1 ? 0 : along)
    if xs.rank == 1 {
      var lengths = [Int](repeating: 1, count: rank)
      lengths[along] = widths.count
      widths = widths.reshaped(Shape(lengths))
    }
    let areas = pairSums(along) * widths.cast(to: dtype.floating) * 0.5
    return areas.sum(axis: along, file: file, line: line)
  }

  /// The sums of neighbours along an axis.
  private func pairSums(_ axis: Int) -> NDArray {
    let x = cast(to: dtype.floating)
    let length = shape[axis]
    if length == 0 { return x }
    return x.sliced(axis: axis, from: 1) + x.sliced(axis: axis, to: length - 1)
  }

  /// Angles along an axis with whole periods added so that none differs from the one before by
  /// more than half a period; `numpy.unwrap`.
  ///
  /// - Parameters:
  ///   - discontinuity: what counts as a jump; half a period at least, which it is if `nil`.
  ///   - period: 2π unless the array holds something else than angles.
  public func unwrapped(
    discontinuity: Double? = nil, axis: Int = -1, period: Double = 2 * .pi,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let along = self.axis(axis, "unwrapped", CallSite(file, line))
    let x = cast(to: dtype.floating)
    if shape[along] < 2 { return x }
    let half = period / 2
    let steps = x.detached().diff(axis: along, file: file, line: line)
    let low = (steps + half).remainder(period) - half
    let near = NDArray.where((low .== -half) .& (steps .> 0), half, low)
    let correction = NDArray.where(steps.abs() .< (discontinuity ?? half), 0, near - steps)
    let head = x.sliced(axis: along, to: 1)
    let tail = x.sliced(axis: along, from: 1) + correction.cumulativeSum(axis: along)
    return .concatenated([head, tail], axis: along, file: file, line: line)
  }
}
