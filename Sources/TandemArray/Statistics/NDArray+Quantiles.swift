// Quantiles, made of a sort: the places that they take are known from the shape.

/// What a quantile that falls between two elements is.
public enum QuantileMethod: Sendable {
  /// On the straight line between the two; NumPy's default.
  case linear
  /// The lower one.
  case lower
  /// The higher one.
  case higher
  /// Half of each.
  case midpoint
  /// The nearer one, the one with an even place if both are as near.
  case nearest

  /// The weight of the higher element for a place between two, and of the lower one.
  fileprivate func weight(_ place: Double) -> Double {
    let fraction = place - place.rounded(.down)
    switch self {
    case .linear: return fraction
    case .lower: return 0
    case .higher: return fraction > 0 ? 1 : 0
    case .midpoint: return fraction > 0 ? 0.5 : 0
    case .nearest:
      return place.rounded(.toNearestOrEven) > place.rounded(.down) ? 1 : 0
    }
  }
}

extension NDArray {
  /// The middle of the elements in order along an axis (of all if `nil`), the mean of the two
  /// middle ones if their number is even; NaN if one is NaN; `numpy.median`.
  public func median(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    quantile(
      "median", 0.5, axis: axis, method: .midpoint, keepDims: keepDims, at: CallSite(file, line))
  }

  /// What a part `q` of the elements along an axis (of all if `nil`) lies below; NaN if one is NaN;
  /// `numpy.quantile`.
  ///
  /// - Parameter q: from 0 to 1.
  public func quantile(
    _ q: Double, axis: Int? = nil, method: QuantileMethod = .linear, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    quantile(
      "quantile", q, axis: axis, method: method, keepDims: keepDims, at: CallSite(file, line))
  }

  /// Several quantiles, one behind the other along a new first axis; `numpy.quantile`.
  public func quantile(
    _ parts: [Double], axis: Int? = nil, method: QuantileMethod = .linear, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    .stacked(
      parts.map {
        quantile($0, axis: axis, method: method, keepDims: keepDims, file: file, line: line)
      }, file: file, line: line)
  }

  /// What so many hundredths of the elements along an axis (of all if `nil`) lie below;
  /// `numpy.percentile`.
  ///
  /// - Parameter percent: from 0 to 100.
  public func percentile(
    _ percent: Double, axis: Int? = nil, method: QuantileMethod = .linear, keepDims: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    quantile(
      "percentile", percent / 100, axis: axis, method: method, keepDims: keepDims,
      at: CallSite(file, line))
  }

  private func quantile(
    _ name: String, _ q: Double, axis: Int?, method: QuantileMethod, keepDims: Bool,
    at site: CallSite
  ) -> NDArray {
    let (lines, along) = linesInOrder(name, q, axis, site)
    let length = lines.shape[along]
    let place = q * Double(length - 1)
    let lower = Int(place)
    let weight = method.weight(place)
    let rest: Double = 1 - weight
    func element(_ index: Int) -> NDArray {
      lines.sliced(axis: along, from: index, to: index + 1)
    }
    let low = element(lower)
    let between: NDArray =
      switch weight {
      case 0: low
      case 1: element(lower + 1)
      case 0.5: (low + element(lower + 1)) * 0.5
      case ..<0.5: low + (element(lower + 1) - low) * weight
      default: element(lower + 1) - (element(lower + 1) - low) * rest
      }
    // NaN comes last.
    let last = element(length - 1)
    let result = NDArray.where(last.isNaN(), last, between).cast(to: dtype.floating)
    return finished(result, along, reducesAll: axis == nil, keepDims: keepDims)
  }

  /// The elements along an axis (flattened if `nil`) in order, wide enough to compute with.
  private func linesInOrder(
    _ name: String, _ q: Double, _ axis: Int?, _ site: CallSite
  ) -> (lines: NDArray, axis: Int) {
    guard (0...1).contains(q) else {
      fail("\(name): the part \(q) is not between 0 and 1: \(type)", at: site)
    }
    let along = axis.map { self.axis($0, name, site) } ?? 0
    let x = axis == nil ? flattened() : self
    guard x.shape[along] > 0 else { fail("\(name): there are no elements: \(type)", at: site) }
    return (x.sorted(axis: along).cast(to: dtype.floating.accumulating), along)
  }

  /// The result of a reduction that has left length one at its axis.
  private func finished(
    _ result: NDArray, _ axis: Int, reducesAll: Bool, keepDims: Bool
  ) -> NDArray {
    if reducesAll { return result.reshaped(keepDims ? Shape(shape.array.map { _ in 1 }) : []) }
    return keepDims ? result : result.squeezed(axis: axis)
  }

  /// As ``median(axis:keepDims:file:line:)``, of what is not NaN; NaN if there is nothing else;
  /// `numpy.nanmedian`.
  public func nanMedian(
    axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    nanQuantile("nanMedian", 0.5, axis, keepDims, CallSite(file, line))
  }

  /// As ``quantile(_:axis:method:keepDims:file:line:)-(Double,_,_,_,_,_)`` with `.linear`, of what
  /// is not NaN; NaN if there is nothing else; `numpy.nanquantile`.
  public func nanQuantile(
    _ q: Double, axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray { nanQuantile("nanQuantile", q, axis, keepDims, CallSite(file, line)) }

  /// As ``nanQuantile(_:axis:keepDims:file:line:)``, from 0 to 100; `numpy.nanpercentile`.
  public func nanPercentile(
    _ percent: Double, axis: Int? = nil, keepDims: Bool = false, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray { nanQuantile("nanPercentile", percent / 100, axis, keepDims, CallSite(file, line)) }

  private func nanQuantile(
    _ name: String, _ q: Double, _ axis: Int?, _ keepDims: Bool, _ site: CallSite
  ) -> NDArray {
    let (lines, along) = linesInOrder(name, q, axis, site)
    // How many there are differs from line to line, so the places are computed, too.
    let count = (.!lines.isNaN()).sum(axis: along, keepDims: true)
    let last = (count - 1).maximum(0)
    let place = last.cast(to: .float64) * q
    let lower = place.floor().cast(to: .int64)
    let low = lines.takeAlongAxis(lower, axis: along)
    let high = lines.takeAlongAxis((lower + 1).minimum(last), axis: along)
    let weight = (place - place.floor()).cast(to: lines.dtype)
    let between = NDArray.where(
      weight .< 0.5, low + (high - low) * weight, high - (high - low) * (1 - weight))
    return finished(
      between.cast(to: dtype.floating), along, reducesAll: axis == nil, keepDims: keepDims)
  }
}
