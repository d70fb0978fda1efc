// Users' functions applied line by line, or axis by axis.

extension NDArray {
  /// A function applied to each vector along an axis; what it gives takes the axis' place;
  /// `numpy.apply_along_axis`. The function is called once for each vector.
  public func applyAlongAxis(
    _ axis: Int, file: StaticString = #fileID, line: UInt = #line,
    _ function: (NDArray) -> NDArray
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "applyAlongAxis", site)
    let last = movedAxis(from: along, to: -1, file: file, line: line)
    let batch = last.shape.dropLast()
    let count = batch.elementCount
    guard count > 0 else { fail("applyAlongAxis: there are no vectors: \(type)", at: site) }
    let rows = last.reshaped(Shape([count, shape[along]]), file: file, line: line)
    let results = rows.unstacked(file: file, line: line).map(function)
    let joined = NDArray.stacked(results, file: file, line: line)
    let inner = results[0].shape
    let shaped = joined.reshaped(Shape(batch.array + inner.array), file: file, line: line)
    return shaped.movedAxes(
      from: (0..<inner.rank).map { batch.rank + $0 }, to: (0..<inner.rank).map { along + $0 },
      file: file, line: line)
  }

  /// A function of an array and an axis applied for one axis after the other; axes that it takes
  /// away are put back with length one; `numpy.apply_over_axes`.
  public func applyOverAxes(
    _ axes: [Int], file: StaticString = #fileID, line: UInt = #line,
    _ function: (NDArray, Int) -> NDArray
  ) -> NDArray {
    axes.map { axis($0, "applyOverAxes", CallSite(file, line)) }.reduce(self) { array, axis in
      let result = function(array, axis)
      if result.rank == array.rank { return result }
      guard result.rank == array.rank - 1 else {
        fail(
          "applyOverAxes: the function changed \(array.type) to \(result.type)",
          at: CallSite(file, line))
      }
      return result.expandingDims(at: axis, file: file, line: line)
    }
  }

  /// Eight truth values (whether elements are zero) along an axis as the bits of a uint8, the first
  /// as the highest; zeros fill up the last; `numpy.packbits`.
  public func packedBits(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "packedBits", site)
    guard dtype == .bool || dtype.isInteger else {
      fail("packedBits: needs integers or bool: \(type)", at: site)
    }
    let bits = cast(to: .bool).movedAxis(from: along, to: -1)
    var widths = [(before: Int, after: Int)](repeating: (0, 0), count: rank)
    widths[rank - 1].after = (8 - shape[along] % 8) % 8
    let whole = bits.cast(to: .uint8).padded(widths)
    let bytes = whole.reshaped(whole.shape.dropLast().array + [whole.shape[-1] / 8, 8])
    let weights = withOwnDevice { NDArray([128, 64, 32, 16, 8, 4, 2, 1] as [UInt8], shape: [8]) }
    return (bytes * weights).sum(axis: -1).cast(to: .uint8).movedAxis(from: -1, to: along)
  }

  /// The bits of uint8 numbers along an axis, the highest first, as uint8; `numpy.unpackbits`.
  public func unpackedBits(
    axis: Int = -1, file: StaticString = #fileID, line: UInt = #line
  ) -> NDArray {
    let site = CallSite(file, line)
    let along = self.axis(axis, "unpackedBits", site)
    guard dtype == .uint8, rank < Shape.maximumRank else {
      fail("unpackedBits: needs uint8 and a free axis: \(type)", at: site)
    }
    let shifts = withOwnDevice { NDArray([7, 6, 5, 4, 3, 2, 1, 0] as [UInt8], shape: [8]) }
    let bytes = movedAxis(from: along, to: -1).expandingDims(at: -1)
    let bits = bytes.rightShift(by: shifts).bitwiseAnd(1)
    return bits.flattened(from: rank - 1).movedAxis(from: -1, to: along)
  }
}
