// Elements picked at regular places: strides over the flat array, and padding by elements of its
// own.

/// What an array is continued by; `mode` of `numpy.pad`.
public enum PaddingMode: Sendable {
  /// The element at the edge, over and over.
  case edge
  /// The elements before the edge in opposite order, the edge itself once.
  case reflect
  /// The elements from the edge on in opposite order.
  case symmetric
  /// The elements from the other end on.
  case wrap

  /// The place that continues an axis at `place`, which may be outside.
  fileprivate func source(_ place: Int, _ length: Int) -> Int {
    func modulo(_ period: Int) -> Int { ((place % period) + period) % period }
    switch self {
    case .edge: return Swift.min(Swift.max(place, 0), length - 1)
    case .wrap: return modulo(length)
    case .symmetric:
      let turn = modulo(2 * length)
      return turn < length ? turn : 2 * length - 1 - turn
    case .reflect:
      if length == 1 { return 0 }
      let turn = modulo(2 * length - 2)
      return turn < length ? turn : 2 * length - 2 - turn
    }
  }
}

extension NDArray {
  /// The array with elements of its own around it; `numpy.pad` with a mode.
  ///
  /// - Parameter widths: for each axis, how many elements to put before and after.
  public func padded(
    _ widths: [(before: Int, after: Int)], mode: PaddingMode, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard widths.count == rank else {
      fail("padded: \(widths.count) widths for \(rank) axes: \(type)", at: site)
    }
    var result = self
    for (axis, width) in widths.enumerated() where width != (0, 0) {
      let length = shape[axis]
      guard width.before >= 0, width.after >= 0, length > 0 else {
        fail("padded: axis \(axis) cannot be continued by \(width): \(type)", at: site)
      }
      let places = (-width.before..<(length + width.after)).map { mode.source($0, length) }
      let order = withOwnDevice { NDArray(places, shape: [places.count]) }
      result = result.take(order, axis: axis, file: file, line: line)
    }
    return result
  }

  /// Elements of the flattened array that lie `strides` apart: element `[i, j]` is that with the
  /// number `offset + i · strides[0] + j · strides[1]`; `mlx.as_strided`, and a checked
  /// `numpy.lib.stride_tricks.as_strided`. A copy, with a gradient.
  public func strided(
    shape: Shape, strides: [Int], offset: Int = 0, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    guard strides.count == shape.rank else {
      fail("strided: \(strides.count) strides for \(shape): \(type)", at: site)
    }
    let reach = zip(shape.array, strides).map { (Swift.max(0, $0 - 1)) * $1 }
    let low = offset + reach.filter { $0 < 0 }.reduce(0, +)
    let high = offset + reach.filter { $0 > 0 }.reduce(0, +)
    guard shape.elementCount == 0 || low >= 0 && high < count else {
      fail("strided: places \(low) to \(high) reach beyond \(count) elements: \(type)", at: site)
    }
    var places = NDArray([offset], shape: [])
    for (axis, stride) in strides.enumerated() {
      var lengths = [Int](repeating: 1, count: shape.rank)
      lengths[axis] = shape[axis]
      let steps = withOwnDevice { NDArray.arange(shape[axis]) * stride }
      places = places + steps.reshaped(Shape(lengths))
    }
    return take(places, file: file, line: line)
  }

  /// Products of matrices that indices pick from two stacks of them: element `i` of the result is
  /// `self[rows[i]] @ other[columns[i]]`; `mlx.gather_mm`.
  public func gatherMatmul(
    _ other: NDArray, lhs: NDArray, rhs: NDArray, file: StaticString = #fileID,
    line: UInt = #line
  ) -> NDArray {
    guard rank == 3, other.rank == 3 else {
      fail(
        "gatherMatmul: needs stacks of matrices: \(type), \(other.type)", at: CallSite(file, line))
    }
    return take(lhs, axis: 0, file: file, line: line)
      .matmul(other.take(rhs, axis: 0, file: file, line: line), file: file, line: line)
  }

  /// The products `self[:, a..<b] @ other[a..<b]` for rows `[a, b]` of an integer array:
  /// `[m, k]`, `[k, n]` and `[s, 2]` give `[s, m, n]`; `mlx.segmented_mm`.
  ///
  /// - Complexity: O(s · m · k · n): each product is over all of `k`, with zeros outside.
  public func segmentedMatmul(
    _ other: NDArray, segments: NDArray, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    guard rank == 2, other.rank == 2, segments.rank == 2, segments.shape[1] == 2 else {
      fail(
        "segmentedMatmul: needs matrices and pairs of places: \(type), \(other.type), "
          + "\(segments.type)", at: CallSite(file, line))
    }
    let place = withOwnDevice { NDArray.arange(shape[1]) }
    let inside = (place .>= segments[.all, 0..<1]) .& (place .< segments[.all, 1..<2])
    let kept = NDArray.where(inside.expandingDims(at: 1), self, NDArray.zeros(like: self))
    return kept.matmul(other, file: file, line: line)
  }
}
