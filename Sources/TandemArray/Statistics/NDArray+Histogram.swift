// Counting: how many elements fall where.

extension NDArray {
  /// How often each number from zero on appears; `numpy.bincount`. Waits, as the length of the
  /// result depends on the values; ``bincount(weights:length:file:line:)`` does not.
  ///
  /// - Parameters:
  ///   - weights: what an appearance counts for; 1 if `nil`.
  ///   - minimumLength: how long the result is at least.
  public func bincount(
    weights: NDArray? = nil, minimumLength: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    guard minimumLength >= 0 else {
      fail("bincount: a negative length: \(minimumLength): \(type)", at: CallSite(file, line))
    }
    requireCounted("bincount", weights, CallSite(file, line))
    let largest = count == 0 ? -1 : max(file: file, line: line).item(as: Int.self)
    return bincount(
      weights: weights, length: Swift.max(largest + 1, minimumLength), file: file, line: line)
  }

  /// How often each number from zero up to, without, `length` appears: int64, or the dtype of the
  /// weights. Other numbers fail at the read.
  public func bincount(
    weights: NDArray? = nil, length: Int, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard length >= 0 else { fail("bincount: a negative length: \(length): \(type)", at: site) }
    requireCounted("bincount", weights, site)
    let places = cast(to: .int64).flattened()
    let bins = withOwnDevice { NDArray.zeros(Shape([length]), dtype: weights?.dtype ?? .int64) }
    let ones = NDArray.ones(like: places)
    // As an index a negative number would count from the end.
    return bins.scatter(
      weights?.flattened() ?? ones, rows: .where(places .< 0, length, places), axis: 0, by: .add,
      file: file, line: line)
  }

  /// The bounds of `bins` bins of one width from `range`'s one end to the other, or from the
  /// smallest element to the largest: `[bins + 1]`; `numpy.histogram_bin_edges`.
  public func histogramBinEdges(
    bins: Int = 10, range: (Double, Double)? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard bins > 0, range.map({ $0.0 <= $0.1 }) ?? true else {
      fail("histogram: there are no \(bins) bins in \(range ?? (0, 0)): \(type)", at: site)
    }
    let floats = dtype.isFloatingPoint ? dtype.accumulating : .float64
    if let range {
      let isPoint = range.0 == range.1
      return withOwnDevice {
        .linspace(
          isPoint ? range.0 - 0.5 : range.0, isPoint ? range.1 + 0.5 : range.1, count: bins + 1,
          dtype: floats)
      }
    }
    guard count > 0 else {
      return withOwnDevice { .linspace(0, 1, count: bins + 1, dtype: floats) }
    }
    let (low, high) = (min().cast(to: floats), max().cast(to: floats))
    let isPoint = low .== high
    let start = NDArray.where(isPoint, low - 0.5, low)
    let end = NDArray.where(isPoint, high + 0.5, high)
    let steps = withOwnDevice { NDArray.arange(bins, dtype: floats) }
    return .concatenated([start + steps * ((end - start) / bins), end.reshaped([1])])
  }

  /// How many elements lie in each of `bins` bins of one width, and the bins' bounds;
  /// `numpy.histogram`. Each bin holds its lower bound, the last both.
  ///
  /// - Parameters:
  ///   - range: from where to where the bins go; from the smallest to the largest element if
  ///     `nil`. Elements outside are not counted.
  ///   - weights: what each element counts for; 1 if `nil`.
  ///   - density: whether counts are divided so that the area under them is 1.
  /// - Returns: counts `[bins]`, int64 or of the weights' dtype, and bounds `[bins + 1]`.
  public func histogram(
    bins: Int = 10, range: (Double, Double)? = nil, weights: NDArray? = nil, density: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (counts: NDArray, edges: NDArray) {
    let edges = histogramBinEdges(bins: bins, range: range, file: file, line: line)
    return histogram(edges, weights, density, areEven: true, CallSite(file, line))
  }

  /// The same with bins between bounds that rise.
  public func histogram(
    edges: NDArray, weights: NDArray? = nil, density: Bool = false,
    file: StaticString = #fileID, line: UInt = #line
  ) -> (counts: NDArray, edges: NDArray) {
    histogram(edges, weights, density, areEven: false, CallSite(file, line))
  }

  /// - Parameter areEven: whether bins are of one width, so that places need no search.
  private func histogram(
    _ edges: NDArray, _ weights: NDArray?, _ density: Bool, areEven: Bool, _ site: CallSite
  ) -> (counts: NDArray, edges: NDArray) {
    guard edges.rank == 1, edges.count >= 2, weights.map({ $0.count == count }) ?? true else {
      let types = TensorTypes([type, edges.type] + (weights.map { [$0.type] } ?? []))
      fail("histogram: needs two or more bounds and a weight for each element: \(types)", at: site)
    }
    let bins = edges.count - 1
    let flat = flattened()
    let counts = (areEven ? flat.evenlyBinned(edges) : flat.binned(edges))
      .bincount(weights: weights, length: bins + 1)
      .sliced(axis: 0, to: bins)
    if !density { return (counts, edges) }
    let area = counts.sum().cast(to: edges.dtype) * edges.diff()
    return (counts.cast(to: edges.dtype) / area, edges)
  }

  /// How many points lie in each cell of a grid; `numpy.histogramdd`. In two dimensions
  /// `numpy.histogram2d`, with points as rows.
  ///
  /// - Parameters:
  ///   - edges: for each column bounds that rise.
  /// - Returns: int64, or the weights' dtype; an axis for each column.
  public func histogramND(
    edges: [NDArray], weights: NDArray? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard rank == 2, shape[1] == edges.count, !edges.isEmpty,
      edges.allSatisfy({ $0.rank == 1 && $0.count >= 2 })
    else {
      fail("histogramND: needs points as rows and bounds for each column: \(type)", at: site)
    }
    let bins = edges.map { $0.count - 1 }
    var place = withOwnDevice { NDArray.zeros(Shape([shape[0]]), dtype: .int64) }
    var isInside = place .== 0
    for (axis, bounds) in edges.enumerated() {
      let bin = self[.all, axis].binned(bounds)
      isInside = isInside .& (bin .< bins[axis])
      place = place * bins[axis] + bin
    }
    let total = bins.reduce(1, *)
    return NDArray.where(isInside, place, total)
      .bincount(weights: weights, length: total + 1, file: file, line: line)
      .sliced(axis: 0, to: total).reshaped(Shape(bins), file: file, line: line)
  }

  /// The bin of each element, or the number of bins for one that is in none.
  private func binned(_ edges: NDArray) -> NDArray {
    let bins = edges.count - 1
    let bin = edges.searchSorted(self, right: true) - 1
    let last = edges.sliced(axis: 0, from: bins)
    let isLast = cast(to: edges.dtype) .== last
    let inside = NDArray.where(isLast, bins - 1, bin)
    return .where(isNaN() .| (inside .< 0), bins, inside)
  }

  /// The same for bins of one width: a quotient tells the place but for rounding, and the bounds
  /// beside it, which decide, tell the rest.
  private func evenlyBinned(_ edges: NDArray) -> NDArray {
    let bins = edges.count - 1
    let x = cast(to: edges.dtype)
    let (first, last) = (edges[0], edges[-1])
    let isInside = (x .>= first) .& (x .<= last)
    let scale = NDArray(bins, dtype: edges.dtype) / (last - first)
    let place = NDArray.where(isInside, (x - first) * scale, 0)
      .clip(min: 0, max: bins - 1).cast(to: .int64)
    let below = (x .< edges.take(place)).cast(to: .int64)
    let above = ((x .>= edges.take(place + 1)) .& (place .< bins - 1)).cast(to: .int64)
    return .where(isInside, place - below + above, bins)
  }

  private func requireCounted(_ name: String, _ weights: NDArray?, _ site: CallSite) {
    guard dtype.isInteger, weights.map({ $0.count == count }) ?? true else {
      let types = TensorTypes([type] + (weights.map { [$0.type] } ?? []))
      fail("\(name): needs integers, and a weight for each: \(types)", at: site)
    }
  }
}
