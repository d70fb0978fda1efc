// Pooling to certain lengths: window `i` of an axis goes from `i · length / wanted` rounded down to
// `(i + 1) · length / wanted` rounded up.

extension NDArray {
  /// The means of as many windows as are wanted along each spatial axis;
  /// `torch.nn.functional.adaptive_avg_pool2d`, with one to three axes.
  ///
  /// - Parameter lengths: one number for each spatial axis, or one for all.
  public func adaptiveAveragePool(
    to lengths: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let lengths = adaptiveLengths(lengths, "adaptiveAveragePool", CallSite(file, line))
    if let window = evenWindow(lengths) {
      return averagePool(window: window, file: file, line: line)
    }
    return lengths.enumerated().reduce(self) { x, item in
      let places = AdaptiveWindows(from: x.shape[item.offset + 2], to: item.element)
      let weights = x.withOwnDevice {
        NDArray(places.weights, shape: places.shape(axis: item.offset + 2, rank: rank + 1))
          .cast(to: dtype.floating)
      }
      let picked = x.windows(places, axis: item.offset + 2, file, line)
      return (picked * weights).sum(axis: item.offset + 3, file: file, line: line)
    }
  }

  /// The largest elements of as many windows as are wanted along each spatial axis;
  /// `torch.nn.functional.adaptive_max_pool2d`, with one to three axes.
  ///
  /// - Parameter lengths: one number for each spatial axis, or one for all.
  public func adaptiveMaxPool(
    to lengths: [Int], file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let lengths = adaptiveLengths(lengths, "adaptiveMaxPool", CallSite(file, line))
    if let window = evenWindow(lengths) { return maxPool(window: window, file: file, line: line) }
    return lengths.enumerated().reduce(self) { x, item in
      let places = AdaptiveWindows(from: x.shape[item.offset + 2], to: item.element)
      let isInside = x.withOwnDevice {
        NDArray(
          places.weights.map { $0 > 0 },
          shape: places.shape(axis: item.offset + 2, rank: rank + 1))
      }
      let picked = x.windows(places, axis: item.offset + 2, file, line)
      return NDArray.where(isInside, picked, -Double.infinity)
        .max(axis: item.offset + 3, file: file, line: line)
    }
  }

  /// The elements of the windows of an axis, on a new axis behind it.
  private func windows(
    _ places: AdaptiveWindows, axis: Int, _ file: StaticString, _ line: UInt
  ) -> NDArray {
    let order = withOwnDevice { NDArray(places.sources, shape: [places.sources.count]) }
    return take(order, axis: axis, file: file, line: line)
      .unflattened(axis: axis, to: [places.count, places.width], file: file, line: line)
  }

  private func adaptiveLengths(_ lengths: [Int], _ name: String, _ site: CallSite) -> [Int] {
    let axes = rank - 2
    guard (1...3).contains(axes), lengths.count == 1 || lengths.count == axes,
      lengths.allSatisfy({ $0 > 0 }), shape.array.dropFirst(2).allSatisfy({ $0 > 0 })
    else {
      fail(
        "\(name): needs a length above zero for each spatial axis: \(type), \(lengths)", at: site)
    }
    return lengths.count == axes ? lengths : Array(repeating: lengths[0], count: axes)
  }

  /// The window of a pooling that gives these lengths, if all windows are of one length.
  private func evenWindow(_ lengths: [Int]) -> [Int]? {
    let pairs = zip(shape.array.dropFirst(2), lengths)
    return pairs.allSatisfy { $0 % $1 == 0 } ? pairs.map { $0 / $1 } : nil
  }
}

/// The windows along one axis, all filled up to the longest by their last elements.
private struct AdaptiveWindows {
  let count: Int
  let width: Int
  /// The elements of each window.
  private(set) var sources: [Int] = []
  /// The share of each in its window's mean; zero for what fills up.
  private(set) var weights: [Double] = []

  init(from length: Int, to count: Int) {
    let ranges = (0..<count).map { place in
      (place * length / count)..<(((place + 1) * length + count - 1) / count)
    }
    let width = ranges.map(\.count).max() ?? 1
    (self.count, self.width) = (count, width)
    for range in ranges {
      for offset in 0..<width {
        sources.append(Swift.min(range.lowerBound + offset, range.upperBound - 1))
        weights.append(offset < range.count ? 1 / Double(range.count) : 0)
      }
    }
  }

  /// The shape of the weights beside an array whose windows lie at this axis and the next.
  func shape(axis: Int, rank: Int) -> Shape {
    var lengths = [Int](repeating: 1, count: rank)
    (lengths[axis], lengths[axis + 1]) = (count, width)
    return Shape(lengths)
  }
}
