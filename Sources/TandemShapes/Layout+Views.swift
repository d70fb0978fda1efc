// Views: layouts of the same storage. None of them moves an element.

extension Layout {
  /// The layout with its axes in another order: axis `i` of the result is axis `order[i]`.
  public func permuted(_ order: some Sequence<Int>) -> Layout {
    var result = Layout(Shape(order.map { shape[$0] }))
    var axis = 0
    for source in order {
      result.strides[axis] = strides[source]
      axis += 1
    }
    result.offset = offset
    return result
  }

  /// The same with an array.
  public func permuted(_ order: [Int]) -> Layout {
    var result = self
    for axis in order.indices {
      result.shape[axis] = shape[order[axis]]
      result.strides[axis] = strides[order[axis]]
    }
    return result
  }

  /// The layout stretched to `target`: axes of length one, and new leading axes, get stride zero.
  /// `target` must be what broadcasting allows.
  public func broadcast(to target: Shape) -> Layout {
    var result = Layout(target)
    let lead = target.rank - rank
    for axis in 0..<target.rank {
      let source = axis - lead
      result.strides[axis] =
        source < 0 || (shape[source] == 1 && target[axis] != 1) ? 0 : strides[source]
    }
    result.offset = offset
    return result
  }

  /// The layout with another shape of as many elements, or `nil` if these strides cannot express it
  /// and a copy is needed. Read in row-major order both hold the same elements.
  public func reshaped(_ target: Shape) -> Layout? {
    var result = Layout(target)
    result.offset = offset
    if isRowMajor { return result }
    // Axes of length one say nothing of where elements lie.
    let sources = (0..<rank).filter { shape[$0] != 1 }
    var (source, axis) = (0, 0)
    while source < sources.count {
      // A run of axes on both sides, grown until they hold as many elements.
      var (sourceEnd, axisEnd) = (source + 1, axis)
      var (sourceCount, targetCount) = (shape[sources[source]], 1)
      while targetCount != sourceCount {
        if targetCount < sourceCount {
          guard axisEnd < target.rank else { return nil }
          targetCount *= target[axisEnd]
          axisEnd += 1
        } else {
          guard sourceEnd < sources.count else { return nil }
          sourceCount *= shape[sources[sourceEnd]]
          sourceEnd += 1
        }
      }
      guard isOneRange(sources[source..<sourceEnd]) else { return nil }
      var stride = strides[sources[sourceEnd - 1]]
      for filled in (axis..<axisEnd).reversed() {
        result.strides[filled] = stride
        stride *= target[filled]
      }
      (source, axis) = (sourceEnd, axisEnd)
    }
    return result
  }

  /// Whether stepping off the end of each axis is a step of the axis before it.
  private func isOneRange(_ axes: ArraySlice<Int>) -> Bool {
    zip(axes, axes.dropFirst()).allSatisfy { outer, inner in
      strides[outer] == strides[inner] * shape[inner]
    }
  }

  /// The part of one axis that starts at `start`, steps by `step` and has `count` elements.
  public func sliced(axis: Int, start: Int, step: Int, count: Int) -> Layout {
    var result = self
    result.shape[axis] = count
    result.offset += count == 0 ? 0 : start * strides[axis]
    // A step to nowhere, of one element or none, may be any number.
    result.strides[axis] = count > 1 ? strides[axis] * step : strides[axis] &* step
    return result
  }

  /// The layout without an axis, at position `index` of it.
  public func selecting(_ index: Int, axis: Int) -> Layout {
    var result = removing(axis: axis)
    result.offset += index * strides[axis]
    return result
  }

  /// The layout without an axis (its position zero).
  public func removing(axis: Int) -> Layout {
    var result = Layout(shape.removing(axis: axis))
    var next = 0
    for other in 0..<rank where other != axis {
      result.strides[next] = strides[other]
      next += 1
    }
    result.offset = offset
    return result
  }

  /// The layout with a new axis of length one before `axis`.
  public func inserting(axis: Int) -> Layout {
    var result = Layout(shape.inserting(1, at: axis))
    for other in 0...rank {
      result.strides[other] =
        other == axis ? 0 : strides[other < axis ? other : other - 1]
    }
    result.offset = offset
    return result
  }

  /// The lowest and highest element offsets that this layout touches, or `nil` if it has no
  /// elements.
  public var bounds: ClosedRange<Int>? {
    var (low, high) = (offset, offset)
    for axis in 0..<rank {
      if shape[axis] == 0 { return nil }
      let reach = (shape[axis] - 1) * strides[axis]
      if reach < 0 { low += reach } else { high += reach }
    }
    return low...high
  }
}
