/// How elements between elements are made.
public enum Interpolation: String, Hashable, Sendable {
  /// The nearest one, in the direction of the start.
  case nearest
  /// On the straight line between two; bilinear with two axes, trilinear with three.
  case linear
  /// On Keys's cubic through four, with `a = −0.75`, as PyTorch.
  case cubic
}

extension NDArray {
  /// Pictures in other lengths; `torch.nn.functional.interpolate`.
  ///
  /// - Parameters:
  ///   - lengths: of the spatial axes, those from axis 2 on.
  ///   - mode: how elements between elements are made.
  ///   - alignsCorners: whether the middles of the outermost elements stay where they are, instead
  ///     of the outer edges; no matter for `.nearest`.
  ///   - scales: by which places are computed; the ratios of the lengths if `nil`.
  public func resampled(
    to lengths: [Int], mode: Interpolation = .nearest, alignsCorners: Bool = false,
    scales: [Double]? = nil, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard rank > 2, lengths.count == rank - 2, lengths.allSatisfy({ $0 > 0 }),
      scales.map({ $0.count == lengths.count && $0.allSatisfy { $0 > 0 } }) ?? true,
      shape.array.dropFirst(2).allSatisfy({ $0 > 0 })
    else {
      fail(
        "resampled: needs a length above zero for each spatial axis: \(type), \(lengths)", at: site)
    }
    var result = self
    for (index, length) in lengths.enumerated() {
      let places = SamplePlaces(
        from: shape[index + 2], to: length, mode, alignsCorners, scale: scales?[index])
      if places.isIdentity { continue }
      result = result.sampled(places, axis: index + 2, file, line)
    }
    return result
  }

  /// Weighted sums of elements along one axis.
  private func sampled(
    _ places: SamplePlaces, axis: Int, _ file: StaticString, _ line: UInt
  ) -> NDArray {
    var lengths = [Int](repeating: 1, count: rank)
    lengths[axis] = places.count
    var sum: NDArray?
    for tap in places.taps {
      let picked = take(
        withOwnDevice { NDArray(tap.sources, shape: [places.count]) }, axis: axis, file: file,
        line: line)
      guard let factors = tap.weights else { return picked }
      let weights = withOwnDevice {
        NDArray(factors, shape: Shape(lengths)).cast(to: dtype.floating)
      }
      let part = picked * weights
      sum = sum.map { $0 + part } ?? part
    }
    return sum ?? self
  }
}

/// Which elements of an axis, with which weights, make the elements of another one.
private struct SamplePlaces {
  /// One summand of each element that comes out; without weights it is the element.
  struct Tap {
    var sources: [Int]
    var weights: [Double]?
  }

  let count: Int
  private(set) var taps: [Tap]
  let isIdentity: Bool

  init(
    from length: Int, to count: Int, _ mode: Interpolation, _ alignsCorners: Bool, scale: Double?
  ) {
    self.count = count
    isIdentity = count == length && (scale ?? 1) == 1
    let ratio = scale.map { 1 / $0 } ?? Double(length) / Double(count)
    if mode == .nearest {
      let sources = (0..<count).map { place in
        scale == nil ? place * length / count : Swift.min(Int(Double(place) * ratio), length - 1)
      }
      taps = [Tap(sources: sources)]
      return
    }
    let positions = (0..<count).map { place in
      guard alignsCorners else { return (Double(place) + 0.5) * ratio - 0.5 }
      return count > 1 ? Double(place) * Double(length - 1) / Double(count - 1) : 0
    }
    let isCubic = mode == .cubic
    taps = (isCubic ? -1...2 : 0...1).map { offset in
      var tap = Tap(sources: [], weights: [])
      for position in positions {
        let position = isCubic ? position : Swift.max(0, position)
        let start = position.rounded(.down)
        tap.sources.append(Swift.min(Swift.max(Int(start) + offset, 0), length - 1))
        let distance = Swift.abs(position - start - Double(offset))
        tap.weights?.append(isCubic ? Self.cubic(distance) : 1 - distance)
      }
      return tap
    }
  }

  /// The weight of an element in Keys's cubic.
  private static func cubic(_ distance: Double) -> Double {
    let (a, x) = (-0.75, distance)
    return x <= 1
      ? ((a + 2) * x - (a + 3)) * x * x + 1 : (((x - 5) * x + 8) * x - 4) * a
  }
}
